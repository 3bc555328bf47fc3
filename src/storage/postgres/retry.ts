import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { isPassingFault, postgresFault } from './fault';

/** Time for which a step of the start is retried, in milliseconds. */
const TIMEOUT_MS = 30_000;
const RETRY_MS = 500;

/** Retries a step of the start while the database is unavailable, and logs that once. Rejects with the last error. */
export async function retryUntilAvailable<Result>(step: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (let attempt = 0; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (!isPassingFault(error) || performance.now() > deadline) throw error;
      const reason = postgresFault(error)!;
      if (attempt === 0)
        new Logger('Database').warn(`waiting up to ${TIMEOUT_MS / 1000} s for the database: ${reason}`);
      await delay(RETRY_MS);
    }
  }
}
