import type { Measurement } from '../figures';
import type { Session } from '../session';
import { warmUp } from './warm-up';

const LOAD = { readers: 100, senders: 20, messagesPerSecond: 200, warmUpMs: 500 };

/** How long a message takes to its readers while the server has time. */
export function latency(session: Session): Promise<Measurement[]> {
  const { targets, measureMs } = session.options;
  const name = { suite: 'latency', case: `${LOAD.messagesPerSecond} messages/s × ${LOAD.readers} readers` };
  return session.withServers(targets, {}, async (servers) => {
    await warmUp(session, servers);
    return session.inTurn(name, servers, (server) =>
      // Longer than elsewhere: a percentile needs many messages, and this is not all the server can do.
      session.generator.run('fixedRate', server, { ...LOAD, measureMs: measureMs * 2 }),
    );
  });
}
