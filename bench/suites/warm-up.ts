import type { ServerProcess } from '../server-process';
import type { Session } from '../session';

const LOAD = { readers: 100, senders: 20, inFlight: 8, warmUpMs: 0, measureMs: 1_000 };

/** Before the first round: a server that has run for a while has compiled what it does often, and is measured like that. */
export async function warmUp(session: Session, servers: readonly ServerProcess[]): Promise<void> {
  for (const server of servers) await session.generator.run('closedLoop', server, LOAD);
}
