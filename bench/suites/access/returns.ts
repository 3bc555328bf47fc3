import type { Measurement } from '../../figures';
import { fillAuthors } from '../../fill-database';
import { openFilesAllowed } from '../../process-figures';
import type { ServerProcess } from '../../server-process';
import type { Session } from '../../session';
import { ACCESS, NEW_TOKENS, NO_TOKENS, RETURN_CASE, TOKENS } from '../../targets';
import { WITH_TOKENS } from './with-tokens';

const RECONNECTS = 10_000;
/** Open files of a server besides its connections. */
const SPARE_FILES = 500;
const TARGETS = [NO_TOKENS, TOKENS, NEW_TOKENS];

/** All clients of a server reconnect at once, with the same tokens or, as after a restart, with tokens new to it. */
export async function returns(session: Session): Promise<Measurement[]> {
  const arrivals = Math.min(RECONNECTS, openFilesAllowed() - SPARE_FILES);
  const servers: ServerProcess[] = [];
  try {
    for (const target of TARGETS) {
      const folder = session.newFolder();
      await fillAuthors(`${folder}/chat.sqlite`, 'arrival', arrivals * TARGETS.length * session.fewRounds);
      servers.push(await session.start(target, { folder, ...(target !== NO_TOKENS && WITH_TOKENS) }));
    }
    const name = { suite: ACCESS, case: RETURN_CASE };
    return await session.inTurn(name, servers, (server) => measure(session, server, arrivals), session.fewRounds);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function measure(session: Session, server: ServerProcess, arrivals: number) {
  const load = { arrivals, readers: 0, again: true, renewed: server.target === NEW_TOKENS };
  const { seconds, serverCpuSeconds } = await session.generator.run('arriving', server, load);
  return { cpuSeconds: serverCpuSeconds, welcomeSeconds: seconds };
}
