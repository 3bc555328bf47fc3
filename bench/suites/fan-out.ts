import type { Measurement, Sample } from '../figures';
import type { ServerProcess, Synchronous } from '../server-process';
import type { Session } from '../session';
import { warmUp } from './warm-up';

export interface FanOutCase {
  readonly readers: number;
  readonly senders: number;
  readonly inFlight: number;
}

const WARM_UP_MS = 400;

const CASES: readonly FanOutCase[] = [
  { readers: 1000, senders: 20, inFlight: 8 },
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
  return allCases(session, 'fanout', CASES, 'full');
}

/** Three of the cases again where a commit does not wait for the disk. */
export function fanOutNormal(session: Session): Promise<Measurement[]> {
  return allCases(session, 'normal', NORMAL_CASES, 'normal');
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
): Promise<Measurement[]> {
  return session.withServers(session.options.targets, { synchronous }, async (servers) => {
    await warmUp(session, servers);
    const measurements: Measurement[] = [];
    for (const size of cases) {
      const name = { suite, case: nameOf(size) };
      measurements.push(...(await session.inTurn(name, servers, (server) => measureFanOut(session, server, size))));
    }
    return measurements;
  });
}
