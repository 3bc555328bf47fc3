import { join } from 'node:path';
import type { Measurement } from '../figures';
import type { Session } from '../session';

const LOAD = { first: 500, further: 5000, watchMs: 0 };
/** Node options of a server that collects garbage on a signal. */
export const COLLECTING = ['--expose-gc', '--require', join(__dirname, '../collect-garbage.js')];

/** The memory of an idle connection. */
export async function memory(session: Session): Promise<Measurement[]> {
  const name = { suite: 'memory', case: `${LOAD.further} idle connections` };
  const measurements: Measurement[] = [];
  for (const target of session.options.targets) {
    // A fresh server each: memory used by an earlier round would hide the growth.
    await session.withServers([target], { nodeOptions: COLLECTING }, async (servers) => {
      const measured = await session.inTurn(
        name,
        servers,
        async (server) => {
          const { bytesPerConnection } = await session.generator.run('idling', server, LOAD);
          return { kibPerConnection: bytesPerConnection / 1024 };
        },
        1,
      );
      measurements.push(...measured);
    });
  }
  return measurements;
}
