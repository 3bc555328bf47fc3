import type { Measurement, Sample } from '../../figures';
import { GeneratorProcess } from '../../generator-process';
import type { ServerProcess } from '../../server-process';
import { watching } from '../../server-watch';
import type { Session } from '../../session';
import { ACCESS, EDITS, EDITS_CASE, NO_EDITS } from '../../targets';
import { WITH_TOKENS } from './with-tokens';

/** A hundred readers that receive changes, besides the senders. */
const LOAD = { readers: 120, senders: 20, live: true, messagesPerSecond: 200, warmUpMs: 500 };
const EDITS_PER_SECOND = 1_000;
/** Messages stored beforehand, so that later ids have five digits throughout the measurement. */
const MESSAGES = 10_000;

/** Delivery latency with and without many edits, in one process: two processes differ by more than the edits cost. */
export function edits(session: Session): Promise<Measurement[]> {
  return session.withServers([NO_EDITS], WITH_TOKENS, async ([server]) => {
    const firstId = await session.generator.run('storing', server!, { messages: MESSAGES });
    const asTargets = [server!, server!.as(EDITS)];
    return session.inTurn({ suite: ACCESS, case: EDITS_CASE }, asTargets, (target) =>
      measure(session, target, firstId),
    );
  });
}

async function measure(session: Session, server: ServerProcess, firstId: number): Promise<Sample> {
  const measureMs = session.options.measureMs * 4;
  const crowd = () => watching(server, () => session.generator.run('fixedRate', server, { ...LOAD, measureMs }));
  if (server.target === NO_EDITS) {
    const [{ p50, p99 }, { cpuPercent }] = await crowd();
    return { p50, p99, editP99: 0, cpuPercent };
  }
  const editor = new GeneratorProcess();
  try {
    const load = {
      firstId,
      messages: MESSAGES,
      editsPerSecond: EDITS_PER_SECOND,
      forMs: LOAD.warmUpMs + measureMs,
    };
    const [[{ p50, p99 }, { cpuPercent }], edited] = await Promise.all([crowd(), editor.run('editing', server, load)]);
    return { p50, p99, editP99: edited.p99, cpuPercent };
  } finally {
    editor.stop();
  }
}
