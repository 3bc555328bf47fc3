import type { Measurement } from '../figures';
import type { Session } from '../session';

const LOAD = { connections: 2000, atOnce: 50 };
/** Unmeasured warm-up rounds: V8 compiles the handshake only after some thousand connections. */
const WARM_UP_ROUNDS = 4;

/** The rate and cost of handshakes. */
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
