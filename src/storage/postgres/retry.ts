import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { isPassingFault, postgresFault } from './fault';

/** How long the start waits for a database that is not there yet, or not any more, in milliseconds. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 500;

/** Tries a step of the start again while the database does not answer; the log says so once. Rejects with what was wrong last. */
export async function retryUntilAvailable<Result>(step: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let attempt = 0; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (!isPassingFault(error) || performance.now() > deadline) throw error;
      const reason = postgresFault(error)!;
      if (attempt === 0)
        new Logger('Database').warn(`waiting up to ${PATIENCE_MS / 1000} s for the database: ${reason}`);
      await delay(RETRY_MS);
    }
  }
}
