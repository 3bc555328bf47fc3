import { join } from 'node:path';
import type { Measurement } from '../figures';
import type { Session } from '../session';

const LOAD = { first: 500, further: 5000, watchMs: 0 };
/** Node's options for a server that collects its garbage when it is told to. */
export const COLLECTING = ['--expose-gc', '--require', join(__dirname, '../collect-garbage.js')];

/** What a connection costs that says nothing. */
export async function memory(session: Session): Promise<Measurement[]> {
  const name = { suite: 'memory', case: `${LOAD.further} idle connections` };
  const measurements: Measurement[] = [];
  for (const target of session.options.targets) {
    // A fresh server each: memory that an earlier round had used would hide the growth.
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
