import { type FigureName, FIGURES, type Measurement } from './figures';
import { median } from './statistics';
import { RUDE_NAMES } from './generator/rude/rudeness';
import {
  ACCESS,
  ALGORITHMS,
  ARRIVALS_CASE,
  arrivalsName,
  CHAT,
  CHANGES_MISSED,
  COMING_BACK_CASE,
  deliveredName,
  EDITS,
  EDITS_CASE,
  FRAMES_CASE,
  LIMIT,
  missedName,
  NEST_STOCK,
  NEW_TOKENS,
  NO_EDITS,
  NO_TOKENS,
  ON_POSTGRES,
  RESUME_CASE,
  RETURN_CASE,
  RUDE_CASE,
  SOAK_MILLIONS,
  storedName,
  TOKENS,
  TOKENS_CASE,
  type Target,
} from './targets';

/** A goal for one figure of one case, judged within one run. */
export interface Goal {
  readonly suite: string;
  readonly case: string;
  readonly figure: FigureName;
  readonly target: string;
  /** The server to compare with; without one the bound applies to the value itself. */
  readonly against?: string;
  /** `better`: at least `than` times better; `cost`: at most `than` times as costly; `more`: at most `than` more; `value`: at most `than`. */
  readonly bound: 'better' | 'cost' | 'more' | 'value';
  readonly than: number;
}

export interface Verdict {
  readonly goal: Goal;
  readonly value: number;
  /** The bounded quantity, value or ratio: the median over the rounds. */
  readonly measured: number;
  readonly isReached: boolean;
}

const ARRIVALS = arrivalsName({ arrivals: 1000, readers: 0 });
const LATENCY = '200 messages/s × 100 readers';

const GOALS: readonly Goal[] = [
  ...comparison('fanout', 'M=1000 S=20 W=8', 'cpuPerMillion', 70, 1.25),
  ...comparison('fanout', 'M=100 S=20 W=8', 'cpuPerMillion', 45, 1.35),
  ...comparison('fanout', 'M=100 S=20 W=1', 'cpuPerMillion', 14, 1.35),
  ...comparison('fanout', 'M=100 S=1 W=1', 'cpuPerMillion', 1.9, 1.2),
  ...comparison('fanout', 'M=10 S=1 W=1', 'cpuPerMillion', 2, 1.4),
  ...comparison('ingest', 'one client, 64 in flight', 'cpuPerMessage', 6, 1.5),
  ...comparison('latency', LATENCY, 'p50', 1, 1.3),
  ...comparison('latency', LATENCY, 'p99', 1, 1.5),
  against(LIMIT.name, 'latency', '50 messages/s × 1000 readers', 'p99', 1.3),
  ...comparison('connections', '2000 connections, 50 at once', 'connectionsPerSecond', 1.3, 1 / 0.8),
  against(LIMIT.name, 'connections', '2000 connections, 50 at once', 'cpuPerConnection', 1.25),
  atMost('memory', '5000 idle connections', CHAT.name, 'kibPerConnection', 6.5),
  atMost('stalls', LATENCY, 'stalling-disk', 'loopDelayP99', 15),
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
  atMost('postgres', 'one client, 64 in flight', ON_POSTGRES.name, 'p50', 1.7),
  atMost('arrivals', ARRIVALS_CASE, ARRIVALS, 'cpuSeconds', 0.6),
  atMost('arrivals', ARRIVALS_CASE, ARRIVALS, 'longest', 100),
  {
    suite: 'arrivals',
    case: ARRIVALS_CASE,
    figure: 'cpuPerArrival',
    target: arrivalsName({ arrivals: 2000, readers: 0 }),
    against: ARRIVALS,
    bound: 'cost',
    than: 1.5,
  },
  atMost('arrivals', COMING_BACK_CASE, arrivalsName({ arrivals: 10_000, readers: 0 }), 'welcomeSeconds', 10),
  paired(FRAMES_CASE, 'cpuPerMessage', TOKENS, NO_TOKENS, 'more', 0.3),
  paired(RETURN_CASE, 'cpuSeconds', TOKENS, NO_TOKENS, 'cost', 1.2),
  paired(RETURN_CASE, 'cpuSeconds', NEW_TOKENS, NO_TOKENS, 'cost', 1.2),
  paired(EDITS_CASE, 'p99', EDITS, NO_EDITS, 'cost', 1.5),
  atMost(ACCESS, RESUME_CASE, missedName(CHANGES_MISSED[1]), 'grownMib', 80),
  ...ALGORITHMS.map((algorithm) => atMost(ACCESS, TOKENS_CASE, algorithm, 'cpuPerCheck', 0.25)),
  ...RUDE_NAMES.flatMap((name) => [
    atMost(RUDE_CASE.suite, RUDE_CASE.case, name, 'disturbance', 2),
    atMost(RUDE_CASE.suite, RUDE_CASE.case, name, 'grownMib', 150),
  ]),
];

/** Judges the goals of everything that was measured. */
export function verdicts(measurements: readonly Measurement[]): Verdict[] {
  return GOALS.flatMap((goal) => {
    const values = roundsOf(measurements, goal, goal.target);
    const others = goal.against === undefined ? values : roundsOf(measurements, goal, goal.against);
    if (values.length === 0 || others.length === 0) return [];
    const value = median(values);
    const measured = measuredOf(goal, values, others);
    return [
      { goal, value, measured, isReached: goal.bound === 'better' ? measured >= goal.than : measured <= goal.than },
    ];
  });
}

function measuredOf({ bound, figure }: Goal, values: readonly number[], others: readonly number[]): number {
  if (bound === 'value') return median(values);
  if (bound === 'more') return median(values.slice(0, others.length).map((value, round) => value - others[round]!));
  const cost = medianCost(values, others, FIGURES[figure].better);
  return bound === 'better' ? 1 / cost : cost;
}

function paired(name: string, figure: FigureName, of: Target, to: Target, bound: 'cost' | 'more', than: number): Goal {
  return { suite: ACCESS, case: name, figure, target: of.name, against: to.name, bound, than };
}

function comparison(suite: string, name: string, figure: FigureName, better: number, cost: number): Goal[] {
  const common = { suite, case: name, figure, target: CHAT.name };
  return [
    { ...common, against: NEST_STOCK.name, bound: 'better', than: better },
    against(LIMIT.name, suite, name, figure, cost),
  ];
}

function against(other: string, suite: string, name: string, figure: FigureName, than: number): Goal {
  return { suite, case: name, figure, target: CHAT.name, against: other, bound: 'cost', than };
}

function atMost(suite: string, name: string, target: string, figure: FigureName, than: number): Goal {
  return { suite, case: name, target, figure, bound: 'value', than };
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
 * The median of ratios taken round by round: within a round both servers had the same machine, whereas two medians may come
 * from different rounds. Both have the same rounds unless one failed.
 */
function medianCost(values: readonly number[], others: readonly number[], better: 'lower' | 'higher'): number {
  const pairs = values.slice(0, others.length).map((value, round) => [value, others[round]!] as const);
  return median(pairs.map(([value, other]) => (better === 'lower' ? value / other : other / value)));
}
