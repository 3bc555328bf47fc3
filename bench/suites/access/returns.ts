import type { Measurement } from '../../figures';
import { openFilesAllowed } from '../../process-figures';
import type { Session } from '../../session';
import { ACCESS, NEW_TOKENS, NO_TOKENS, RETURN_CASE, TOKENS } from '../../targets';
import { WITH_TOKENS } from './with-tokens';

const RECONNECTS = 10_000;
/** Open files of a server besides its connections. */
const SPARE_FILES = 500;

/** All clients of a server reconnect at once, with the tokens they had or, as after a restart, with some it does not know. */
export function returns(session: Session): Promise<Measurement[]> {
  const arrivals = Math.min(RECONNECTS, openFilesAllowed() - SPARE_FILES);
  return session.withServers([NO_TOKENS], {}, (without) =>
    session.withServers([TOKENS, NEW_TOKENS], WITH_TOKENS, (identified) =>
      session.inTurn(
        { suite: ACCESS, case: RETURN_CASE },
        [...without, ...identified],
        async (server) => {
          const renewed = server.target === NEW_TOKENS;
          const load = { arrivals, readers: 0, again: true, renewed };
          const { seconds, serverCpuSeconds } = await session.generator.run('arriving', server, load);
          return { cpuSeconds: serverCpuSeconds, welcomeSeconds: seconds };
        },
        session.fewRounds,
      ),
    ),
  );
}
