import { setTimeout as delay } from 'node:timers/promises';
import type { Measurement, Sample } from '../figures';
import type { Arriving } from '../generator/arriving';
import { GeneratorProcess } from '../generator-process';
import { openFilesAllowed } from '../process-figures';
import type { ServerProcess } from '../server-process';
import type { Session } from '../session';
import { ARRIVALS_CASE, arrivalsName, CHAT, COMING_BACK_CASE } from '../targets';

const CROWDS: readonly Arriving[] = [
  { arrivals: 1000, readers: 0, again: false },
  { arrivals: 1000, readers: 1000, again: false },
  { arrivals: 2000, readers: 0, again: false },
];
const RECONNECTS = 10_000;
/** Open files of a server besides its connections. */
const SPARE_FILES = 500;
/** The load of a client connected before the arrivals. */
const TALK = { readers: 1, senders: 1, messagesPerSecond: 1000 / 60, warmUpMs: 0 };
const BEFORE_MS = 500;

/** Many users arrive at the same moment, as after every restart of a busy server. */
export async function arrivals(session: Session): Promise<Measurement[]> {
  if (!session.options.targets.includes(CHAT)) return [];
  const comingBack = { arrivals: Math.min(RECONNECTS, openFilesAllowed() - SPARE_FILES), readers: 0, again: true };
  const measurements: Measurement[] = [];
  for (const [name, loads] of [
    [ARRIVALS_CASE, CROWDS],
    [COMING_BACK_CASE, [comingBack]],
  ] as const) {
    for (const load of loads) {
      const target = { ...CHAT, name: arrivalsName(load), title: arrivalsName(load) };
      const measured = await session.withServers([target], {}, (servers) =>
        session.inTurn(
          { suite: 'arrivals', case: name },
          servers,
          (server) => measure(session, server, load),
          session.fewRounds,
        ),
      );
      measurements.push(...measured);
    }
  }
  return measurements;
}

/** Runs twice: for the cost of the arrivals alone, and for another client's wait, whose messages have a cost too. */
async function measure(session: Session, server: ServerProcess, load: Arriving): Promise<Sample> {
  const alone = await session.generator.run('arriving', server, load);
  const other = new GeneratorProcess();
  try {
    const measureMs = BEFORE_MS + alone.seconds * 1000 + BEFORE_MS;
    const [{ longest }] = await Promise.all([
      other.run('fixedRate', server, { ...TALK, measureMs }),
      delay(BEFORE_MS).then(() => session.generator.run('arriving', server, load)),
    ]);
    return {
      cpuSeconds: alone.serverCpuSeconds,
      longest,
      welcomeSeconds: alone.seconds,
      cpuPerArrival: (alone.serverCpuSeconds / load.arrivals) * 1000,
    };
  } finally {
    other.stop();
  }
}
