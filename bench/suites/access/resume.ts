import type { Measurement, Sample } from '../../figures';
import { changeAll, fillDatabase } from '../../fill-database';
import type { ServerProcess } from '../../server-process';
import { watching } from '../../server-watch';
import type { Session } from '../../session';
import { ACCESS, CHANGES_MISSED, CHAT, missedName, RESUME_CASE } from '../../targets';

const MIB = 1024 ** 2;

/** Time and memory of a resume over many missed changes. */
export async function resume(session: Session): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const missed of CHANGES_MISSED) {
    const folder = session.newFolder();
    await fillDatabase(`${folder}/chat.sqlite`, missed);
    changeAll(`${folder}/chat.sqlite`);
    const target = { ...CHAT, name: missedName(missed), title: `${missed} changes missed` };
    const ofOne = await session.withServers([target], { folder }, (servers) =>
      session.inTurn(
        { suite: ACCESS, case: RESUME_CASE },
        servers,
        (server) => measure(session, server, missed),
        session.fewRounds,
      ),
    );
    measurements.push(...ofOne);
  }
  return measurements;
}

async function measure(session: Session, server: ServerProcess, missed: number): Promise<Sample> {
  const before = server.residentBytes;
  const [{ changes, seconds }, { peakBytes }] = await watching(server, () =>
    session.generator.run('resuming', server, { after: missed }),
  );
  if (changes !== missed) throw new Error(`${changes} changes came instead of ${missed}`);
  return { grownMib: (peakBytes - before) / MIB, peakMib: peakBytes / MIB, resumeSeconds: seconds };
}
