import { parseArgs } from 'node:util';
import { IF_NAMED, SUITE_NAMES, type SuiteName } from './suite-names';
import { missingFor, type Target, TARGETS } from './targets';

export interface Options {
  readonly suites: readonly SuiteName[];
  /** Text in the names of the cases to run, for suites with many of them. */
  readonly caseText: string;
  readonly targets: readonly Target[];
  /** Rounds of each case on the compared servers; a third of them if no goal depends on the case. */
  readonly rounds: number;
  /** Duration of one measurement. */
  readonly measureMs: number;
  /** The folder for the results. */
  readonly out: string;
  readonly chart: boolean;
  readonly profile: boolean;
  readonly help: boolean;
}

export const OPTIONS = {
  suite: { type: 'string', multiple: true, default: SUITE_NAMES.filter((name) => !IF_NAMED.includes(name)) },
  case: { type: 'string', default: '' },
  target: { type: 'string', multiple: true },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  quick: { type: 'boolean', default: false },
  out: { type: 'string', default: 'bench/results' },
  chart: { type: 'boolean', default: false },
  profile: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @throws when an argument is not allowed */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({ args, options: OPTIONS });
  return {
    suites: values.suite.map((name) => oneOf(SUITE_NAMES, name, (suite) => suite)),
    caseText: values.case,
    targets: values.help ? [] : targetsOf(values.target),
    rounds: within('rounds', values.rounds ?? (values.quick ? '1' : '7'), 1, 100),
    measureMs: within('seconds', values.seconds ?? '0.5', 0.1, 60) * 1000,
    out: values.out,
    chart: values.chart,
    profile: values.profile,
    help: values.help,
  };
}

/** Without names, every target that is installed. */
function targetsOf(names: readonly string[] | undefined): readonly Target[] {
  const targets = names?.map((name) => oneOf(TARGETS, name, (target) => target.name)) ?? TARGETS;
  const missing = targets.flatMap((target) => missingFor(target) ?? []);
  if (names && missing[0]) throw new Error(missing[0]);
  for (const line of missing) process.stderr.write(`${line}; left out\n`);
  return targets.filter((target) => missingFor(target) === undefined);
}

function oneOf<T>(all: readonly T[], name: string, nameOf: (one: T) => string): T {
  const found = all.find((one) => nameOf(one) === name);
  if (found === undefined) throw new Error(`${name} is none of ${all.map(nameOf).join(', ')}`);
  return found;
}

function within(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!(value >= least && value <= most)) throw new Error(`--${name} must be from ${least} to ${most}`);
  return value;
}
