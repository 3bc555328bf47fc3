import type { ServerProcess } from '../server-process';
import type { Session } from '../session';

const LOAD = { readers: 100, senders: 20, inFlight: 8, warmUpMs: 0, measureMs: 1_000 };

/** Warms up servers before the first round, so that frequent code is compiled as in a long-running process. */
export async function warmUp(session: Session, servers: readonly ServerProcess[]): Promise<void> {
  for (const server of servers) await session.generator.run('closedLoop', server, LOAD);
}
