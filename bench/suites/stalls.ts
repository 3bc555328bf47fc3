import { join } from 'node:path';
import type { Measurement } from '../figures';
import { readMetrics } from '../server-metrics';
import type { ServerProcess } from '../server-process';
import type { Session } from '../session';
import { CHAT } from '../targets';

const LOAD = { readers: 100, senders: 20, messagesPerSecond: 200, warmUpMs: 0 };
const STALLING = {
  ...CHAT,
  name: 'stalling-disk',
  title: 'disk stalls',
  preload: [join(__dirname, '../ablations/stalling-disk.js')],
};

/** Event-loop delay while the disk stalls for 100 ms several times a second: sockets must not be affected. */
export async function stalls(session: Session): Promise<Measurement[]> {
  const { targets, measureMs } = session.options;
  if (!targets.includes(CHAT)) return [];
  const name = { suite: 'stalls', case: `${LOAD.messagesPerSecond} messages/s × ${LOAD.readers} readers` };
  const measure = async (server: ServerProcess) => {
    await loopDelayP99(server);
    const { p50, p99 } = await session.generator.run('fixedRate', server, { ...LOAD, measureMs: measureMs * 8 });
    return { loopDelayP99: await loopDelayP99(server), p50, p99 };
  };
  return session.withServers([CHAT, STALLING], {}, (servers) =>
    session.inTurn(name, servers, measure, session.fewRounds),
  );
}

/** Milliseconds since the previous reading, by the server's own metric. */
async function loopDelayP99(server: ServerProcess): Promise<number> {
  return (await readMetrics(server))('nodejs_eventloop_lag_p99_seconds') * 1000;
}
