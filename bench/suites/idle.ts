import type { Measurement } from '../figures';
import { openFilesAllowed } from '../process-figures';
import type { Session } from '../session';
import { CHAT } from '../targets';
import { COLLECTING } from './memory';

const FIRST = 500;
/** Where small machines end: 20,000 open files a process. */
const MOST = 15_000;
const HEARTBEAT_SECONDS = 5;
const BEATS = 3;
/** So many connections take their time where a machine is slow. */
const PATIENCE_MS = 240_000;
/** Files that a server needs besides its connections. */
const SPARE_FILES = 500;

/** As many connections that say nothing as one process holds: what they take, and what their heartbeat costs. */
export async function idle(session: Session): Promise<Measurement[]> {
  if (!session.options.targets.includes(CHAT)) return [];
  const further = Math.min(MOST, openFilesAllowed() - SPARE_FILES) - FIRST;
  const name = { suite: 'idle', case: `${FIRST + further} idle connections` };
  const settings = { HEARTBEAT_SECONDS: String(HEARTBEAT_SECONDS) };
  const load = { first: FIRST, further, watchMs: HEARTBEAT_SECONDS * BEATS * 1000 };
  return session.withServers([CHAT], { nodeOptions: COLLECTING, settings }, (servers) =>
    session.inTurn(
      name,
      servers,
      async (server) => {
        const { bytesPerConnection, serverCpuSeconds } = await session.generator.run(
          'idling',
          server,
          load,
          PATIENCE_MS,
        );
        return { kibPerConnection: bytesPerConnection / 1024, cpuPerBeat: (serverCpuSeconds / BEATS) * 1000 };
      },
      1,
    ),
  );
}
