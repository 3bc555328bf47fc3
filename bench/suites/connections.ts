import type { Measurement } from '../figures';
import type { Session } from '../session';

const LOAD = { connections: 2000, atOnce: 50 };
/** Rounds that are not measured: the first connections find nothing compiled, and it takes some thousand of them. */
const WARM_UP_ROUNDS = 4;

/** How fast clients get in. */
export function connections(session: Session): Promise<Measurement[]> {
  const name = { suite: 'connections', case: `${LOAD.connections} connections, ${LOAD.atOnce} at once` };
  return session.withServers(session.options.targets, {}, async (servers) => {
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      for (const server of servers) await session.generator.run('connecting', server, LOAD);
    }
    return session.inTurn(name, servers, async (server) => {
      const { seconds, serverCpuSeconds } = await session.generator.run('connecting', server, LOAD);
      return {
        connectionsPerSecond: LOAD.connections / seconds,
        cpuPerConnection: (serverCpuSeconds / LOAD.connections) * 1000,
      };
    });
  });
}
