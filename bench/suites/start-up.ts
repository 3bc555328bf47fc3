import { setTimeout as delay } from 'node:timers/promises';
import type { Measurement } from '../figures';
import type { Session } from '../session';

const SETTLING_MS = 1_000;

/** Time until a server listens on an empty database, and its memory at idle. */
export async function startUp(session: Session): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const target of session.options.targets) {
    await session.withServers([target], {}, async (servers) => {
      const measured = await session.inTurn(
        { suite: 'startup', case: 'empty database' },
        servers,
        async (server) => {
          await delay(SETTLING_MS);
          return { startMs: server.startedInMs, residentMib: server.residentBytes / 1024 ** 2 };
        },
        1,
      );
      measurements.push(...measured);
    });
  }
  return measurements;
}
