import type { Measurement, Sample } from '../figures';
import type { ServerProcess, Synchronous } from '../server-process';
import type { Session } from '../session';
import { warmUp } from './warm-up';

interface FanOut {
  readonly readers: number;
  readonly senders: number;
  readonly inFlight: number;
}

interface FanOutCase extends FanOut {
  /** Factor on the number of rounds. */
  readonly timesTheRounds: number;
}

/** Time per sender for its join to reach all readers, in milliseconds. */
const COMING_IN_MS = 15;
const WARM_UP_MS = 100;

/**
 * With a thousand readers some servers take seconds for the messages in flight. With one message at a time the result depends
 * on scheduling between cores, and single rounds say little.
 */
const CASES: readonly FanOutCase[] = [
  { readers: 1000, senders: 20, inFlight: 8, timesTheRounds: 0.4 },
  { readers: 100, senders: 20, inFlight: 8, timesTheRounds: 1 },
  { readers: 100, senders: 20, inFlight: 1, timesTheRounds: 1 },
  { readers: 100, senders: 1, inFlight: 1, timesTheRounds: 2 },
  { readers: 10, senders: 1, inFlight: 1, timesTheRounds: 2 },
];
const NORMAL_CASES = CASES.slice(1, 4);

/** M readers, of whom S send with W messages in flight each. */
export function nameOf({ readers, senders, inFlight }: FanOut): string {
  return `M=${readers} S=${senders} W=${inFlight}`;
}

export function fanOut(session: Session): Promise<Measurement[]> {
  return allCases(session, 'fanout', CASES, 'full', session.options.rounds);
}

/** Three of the cases with commits that do not wait for the disk. */
export function fanOutNormal(session: Session): Promise<Measurement[]> {
  return allCases(session, 'normal', NORMAL_CASES, 'normal', session.fewRounds);
}

export async function measureFanOut(session: Session, server: ServerProcess, size: FanOut): Promise<Sample> {
  const { measureMs } = session.options;
  const load = { ...size, warmUpMs: WARM_UP_MS + size.senders * COMING_IN_MS, measureMs };
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
  rounds: number,
): Promise<Measurement[]> {
  return session.withServers(session.options.targets, { synchronous }, async (servers) => {
    await warmUp(session, servers);
    const measurements: Measurement[] = [];
    for (const size of cases) {
      const name = { suite, case: nameOf(size) };
      const measure = (server: ServerProcess) => measureFanOut(session, server, size);
      measurements.push(...(await session.inTurn(name, servers, measure, Math.ceil(rounds * size.timesTheRounds))));
    }
    return measurements;
  });
}
