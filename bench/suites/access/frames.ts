import type { Measurement } from '../../figures';
import type { Session } from '../../session';
import { ACCESS, FRAMES_CASE, NO_TOKENS, TOKENS } from '../../targets';
import { warmUp } from '../warm-up';
import { WITH_TOKENS } from './with-tokens';

const LOAD = { readers: 1, senders: 1, inFlight: 64, warmUpMs: 200 };

/** The cost of a frame from a user with an identity. */
export function frames(session: Session): Promise<Measurement[]> {
  const name = { suite: ACCESS, case: FRAMES_CASE };
  return session.withServers([NO_TOKENS], {}, (without) =>
    session.withServers([TOKENS], WITH_TOKENS, async (identified) => {
      const servers = [...without, ...identified];
      await warmUp(session, servers);
      return session.inTurn(name, servers, async (server) => {
        const load = { ...LOAD, measureMs: session.options.measureMs };
        const { serverCpuSeconds, deliveries, seconds } = await session.generator.run('closedLoop', server, load);
        return { cpuPerMessage: (serverCpuSeconds / deliveries) * 1e6, messagesPerSecond: deliveries / seconds };
      });
    }),
  );
}
