import type { Measurement, Sample } from '../figures';
import type { ServerProcess, Synchronous } from '../server-process';
import type { Session } from '../session';
import { warmUp } from './warm-up';

export interface FanOutCase {
  readonly readers: number;
  readonly senders: number;
  readonly inFlight: number;
}

/** Long enough for all to have come in and been announced. */
const WARM_UP_MS = 400;

/** From so many readers on a case is measured in few rounds: some servers take seconds for what is under way. */
const MANY_READERS = 1000;
const CASES: readonly FanOutCase[] = [
  { readers: MANY_READERS, senders: 20, inFlight: 8 },
  { readers: 100, senders: 20, inFlight: 8 },
  { readers: 100, senders: 20, inFlight: 1 },
  { readers: 100, senders: 1, inFlight: 1 },
  { readers: 10, senders: 1, inFlight: 1 },
];
const NORMAL_CASES = CASES.slice(1, 4);

/** M readers, of whom S send with W messages under way each. */
export function nameOf({ readers, senders, inFlight }: FanOutCase): string {
  return `M=${readers} S=${senders} W=${inFlight}`;
}

export function fanOut(session: Session): Promise<Measurement[]> {
  const roundsOf = ({ readers }: FanOutCase) => (readers < MANY_READERS ? session.options.rounds : session.fewRounds);
  return allCases(session, 'fanout', CASES, 'full', roundsOf);
}

/** Three of the cases again where a commit does not wait for the disk. */
export function fanOutNormal(session: Session): Promise<Measurement[]> {
  return allCases(session, 'normal', NORMAL_CASES, 'normal', () => session.fewRounds);
}

export async function measureFanOut(session: Session, server: ServerProcess, size: FanOutCase): Promise<Sample> {
  const { measureMs } = session.options;
  const load = { ...size, warmUpMs: WARM_UP_MS, measureMs };
  const result = await session.generator.run('closedLoop', server, load);
  const millions = result.deliveries / 1e6;
  return {
    cpuPerMillion: result.serverCpuSeconds / millions,
    deliveriesPerSecond: result.deliveries / result.seconds,
    generatorCpuPerMillion: result.generatorCpuSeconds / millions,
    overtaken: result.overtaken,
  };
}

function allCases(
  session: Session,
  suite: string,
  cases: readonly FanOutCase[],
  synchronous: Synchronous,
  roundsOf: (size: FanOutCase) => number,
): Promise<Measurement[]> {
  return session.withServers(session.options.targets, { synchronous }, async (servers) => {
    await warmUp(session, servers);
    const measurements: Measurement[] = [];
    for (const size of cases) {
      const name = { suite, case: nameOf(size) };
      const measure = (server: ServerProcess) => measureFanOut(session, server, size);
      measurements.push(...(await session.inTurn(name, servers, measure, roundsOf(size))));
    }
    return measurements;
  });
}
