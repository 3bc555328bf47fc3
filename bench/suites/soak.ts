import type { Measurement } from '../figures';
import type { ServerProcess } from '../server-process';
import type { Session } from '../session';
import { CHAT } from '../targets';

const LOAD = { readers: 100, senders: 20, inFlight: 8, warmUpMs: 0, measureMs: 500 };
/** What the first of them leave in memory (the newest messages, compiled code) is not growth. */
const WARM_UP_DELIVERIES = 5_000_000;
const ROUNDS = 4;
const DELIVERIES_A_ROUND = 2_000_000;

/** Resident memory while many millions of messages are delivered: it must not grow. */
export async function soak(session: Session): Promise<Measurement[]> {
  if (!session.options.targets.includes(CHAT)) return [];
  const name = { suite: 'soak', case: `after each of ${ROUNDS} × ${DELIVERIES_A_ROUND / 1e6} million deliveries` };
  return session.withServers([CHAT], {}, async (servers) => {
    for (const server of servers) await deliver(session, server, WARM_UP_DELIVERIES);
    return session.inTurn(
      name,
      servers,
      async (server) => {
        await deliver(session, server, DELIVERIES_A_ROUND);
        return { residentMib: server.residentBytes / 1024 ** 2 };
      },
      ROUNDS,
    );
  });
}

async function deliver(session: Session, server: ServerProcess, count: number): Promise<void> {
  let left = count;
  while (left > 0 && !session.isLate) left -= (await session.generator.run('closedLoop', server, LOAD)).deliveries;
}
