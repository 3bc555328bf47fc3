import type { FixedRate } from '../generator/fixed-rate';
import type { Measurement } from '../figures';
import type { ServerProcess } from '../server-process';
import type { Session } from '../session';
import { CHAT, LIMIT } from '../targets';
import { warmUp } from './warm-up';

type Load = Omit<FixedRate, 'measureMs'>;

const LOAD: Load = { readers: 100, senders: 20, messagesPerSecond: 200, warmUpMs: 500 };
/** Senders join during the measurement: each join is broadcast to a thousand readers. */
const MANY_READERS: Load = { readers: 1000, senders: 20, messagesPerSecond: 50, warmUpMs: 0 };

/** Delivery latency of a server that is not saturated. */
export function latency(session: Session): Promise<Measurement[]> {
  return session.withServers(session.options.targets, {}, async (servers) => {
    await warmUp(session, servers);
    // The other servers would be busy with a thousand readers for longer than the measurement.
    const fast = servers.filter(({ target }) => target === CHAT || target === LIMIT);
    // Longer than usual: a percentile needs many messages, and the rate is fixed.
    return [
      ...(await measureLatency(session, servers, LOAD, session.options.measureMs * 2)),
      ...(await measureLatency(session, fast, MANY_READERS, session.options.measureMs * 4)),
    ];
  });
}

function measureLatency(
  session: Session,
  servers: readonly ServerProcess[],
  load: Load,
  measureMs: number,
): Promise<Measurement[]> {
  const name = { suite: 'latency', case: `${load.messagesPerSecond} messages/s × ${load.readers} readers` };
  return session.inTurn(name, servers, (server) => session.generator.run('fixedRate', server, { ...load, measureMs }));
}
