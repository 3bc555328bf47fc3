import type { Measurement } from '../figures';
import type { Session } from '../session';
import { warmUp } from './warm-up';

const LOAD = { readers: 1, senders: 1, inFlight: 64, warmUpMs: 400 };

/** One client that stores messages as fast as it can. */
export function ingest(session: Session): Promise<Measurement[]> {
  const { targets, measureMs } = session.options;
  const name = { suite: 'ingest', case: `one client, ${LOAD.inFlight} in flight` };
  return session.withServers(targets, {}, async (servers) => {
    await warmUp(session, servers);
    return session.inTurn(name, servers, async (server) => {
      const result = await session.generator.run('closedLoop', server, { ...LOAD, measureMs });
      return {
        cpuPerMessage: (result.serverCpuSeconds / result.deliveries) * 1e6,
        messagesPerSecond: result.deliveries / result.seconds,
        overtaken: result.overtaken,
      };
    });
  });
}
