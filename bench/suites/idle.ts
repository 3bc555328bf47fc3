import type { Measurement } from '../figures';
import { openFilesAllowed } from '../process-figures';
import type { Session } from '../session';
import { CHAT } from '../targets';
import { COLLECTING } from './memory';

const FIRST = 500;
/** Fits the usual limit of 20,000 open files per process. */
const MOST = 15_000;
const HEARTBEAT_SECONDS = 5;
const HEARTBEATS = 3;
/** Timeout of the load in milliseconds, generous for slow machines. */
const TIMEOUT_MS = 240_000;
/** Open files of a server besides its connections. */
const SPARE_FILES = 500;

/** As many idle connections as one process holds: their memory, and the CPU time per heartbeat. */
export async function idle(session: Session): Promise<Measurement[]> {
  if (!session.options.targets.includes(CHAT)) return [];
  const further = Math.min(MOST, openFilesAllowed() - SPARE_FILES) - FIRST;
  const name = { suite: 'idle', case: `${FIRST + further} idle connections` };
  const settings = { HEARTBEAT_SECONDS: String(HEARTBEAT_SECONDS) };
  const load = { first: FIRST, further, watchMs: HEARTBEAT_SECONDS * HEARTBEATS * 1000 };
  return session.withServers([CHAT], { nodeOptions: COLLECTING, settings }, (servers) =>
    session.inTurn(
      name,
      servers,
      async (server) => {
        const { bytesPerConnection, serverCpuSeconds } = await session.generator.run(
          'idling',
          server,
          load,
          TIMEOUT_MS,
        );
        return { kibPerConnection: bytesPerConnection / 1024, cpuPerHeartbeat: (serverCpuSeconds / HEARTBEATS) * 1000 };
      },
      1,
    ),
  );
}
