import { type FigureName, FIGURES, type Measurement } from './figures';
import { median } from './statistics';
import { CHAT, deliveredName, LIMIT, NEST_STOCK, SOAK_MILLIONS, storedName } from './targets';

/** What the server must reach in one case, within one run. */
export interface Goal {
  readonly suite: string;
  readonly case: string;
  readonly figure: FigureName;
  readonly target: string;
  /** The server it is compared with; without one the bound is for the value itself. */
  readonly against?: string;
  /** `better`: at least so many times better; `cost`: at most so many times as costly; `value`: at most this. */
  readonly bound: 'better' | 'cost' | 'value';
  readonly than: number;
}

export interface Verdict {
  readonly goal: Goal;
  readonly value: number;
  /** What the bound is for: the value, or how it compares, in the median of the rounds. */
  readonly measured: number;
  readonly isReached: boolean;
}

const LATENCY = '200 messages/s × 100 readers';

export const GOALS: readonly Goal[] = [
  ...comparison('fanout', 'M=1000 S=20 W=8', 'cpuPerMillion', 70, 1.25),
  ...comparison('fanout', 'M=100 S=20 W=8', 'cpuPerMillion', 45, 1.35),
  ...comparison('fanout', 'M=100 S=20 W=1', 'cpuPerMillion', 14, 1.35),
  ...comparison('fanout', 'M=100 S=1 W=1', 'cpuPerMillion', 1.9, 1.2),
  ...comparison('fanout', 'M=10 S=1 W=1', 'cpuPerMillion', 2, 1.4),
  ...comparison('ingest', 'one client, 64 in flight', 'cpuPerMessage', 6, 1.5),
  ...comparison('latency', LATENCY, 'p50', 1, 1.3),
  ...comparison('latency', LATENCY, 'p99', 1, 1.5),
  ...comparison('connections', '2000 connections, 50 at once', 'connectionsPerSecond', 1.3, 1 / 0.8),
  {
    suite: 'memory',
    case: '5000 idle connections',
    figure: 'kibPerConnection',
    target: CHAT.name,
    bound: 'value',
    than: 6.5,
  },
  {
    suite: 'stalls',
    case: LATENCY,
    figure: 'loopDelayP99',
    target: 'stalling-disk',
    bound: 'value',
    than: 15,
  },
  ...['offset', 'recent', 'user', 'stats'].map(flatReads),
  {
    suite: 'soak',
    case: 'memory after so many deliveries',
    figure: 'residentMib',
    target: deliveredName(SOAK_MILLIONS.at(-1)!),
    against: deliveredName(SOAK_MILLIONS[0]),
    bound: 'cost',
    than: 1.05,
  },
];

/** The goals of what was measured, and how far they are reached. */
export function verdicts(measurements: readonly Measurement[]): Verdict[] {
  return GOALS.flatMap((goal) => {
    const values = roundsOf(measurements, goal, goal.target);
    const others = goal.against === undefined ? values : roundsOf(measurements, goal, goal.against);
    if (values.length === 0 || others.length === 0) return [];
    const value = median(values);
    const cost = medianCost(values, others, FIGURES[goal.figure].better);
    const measured = goal.bound === 'better' ? 1 / cost : goal.bound === 'cost' ? cost : value;
    return [
      { goal, value, measured, isReached: goal.bound === 'better' ? measured >= goal.than : measured <= goal.than },
    ];
  });
}

function comparison(suite: string, name: string, figure: FigureName, better: number, cost: number): Goal[] {
  const common = { suite, case: name, figure, target: CHAT.name };
  return [
    { ...common, against: NEST_STOCK.name, bound: 'better', than: better },
    { ...common, against: LIMIT.name, bound: 'cost', than: cost },
  ];
}

function flatReads(endpoint: string): Goal {
  return {
    suite: 'http',
    case: endpoint,
    figure: 'cpuPerRequest',
    target: storedName(1_000_000),
    against: storedName(100),
    bound: 'cost',
    than: 1.2,
  };
}

function roundsOf(measurements: readonly Measurement[], goal: Goal, target: string): readonly number[] {
  const found = measurements.find((one) => one.suite === goal.suite && one.case === goal.case && one.target === target);
  return found?.rounds[goal.figure] ?? [];
}

/**
 * Compared round by round, as both had the same machine within a round, while medians of all rounds may come from different
 * ones. The rounds of both are the same but for a failure.
 */
function medianCost(values: readonly number[], others: readonly number[], better: 'lower' | 'higher'): number {
  const pairs = values.slice(0, others.length).map((value, round) => [value, others[round]!] as const);
  return median(pairs.map(([value, other]) => (better === 'lower' ? value / other : other / value)));
}
