import { type FigureName, FIGURES, type Measurement } from '../figures';
import { type Goal, type Verdict, verdicts } from '../goals';
import { median, spread } from '../statistics';
import { CHAT } from '../targets';
import { table } from './table';

/** All measurements as text for a terminal. */
export function report(measurements: readonly Measurement[]): string {
  const titles = new Set(measurements.map(titleOf));
  const sections = Array.from(titles, (title) => {
    const ofCase = measurements.filter((one) => titleOf(one) === title);
    return `${title}\n${caseTable(ofCase)}`;
  });
  const judged = verdicts(measurements);
  if (judged.length > 0) sections.push(`goals, by the median over the rounds\n${goalTable(judged)}`);
  return `${sections.join('\n\n')}\n`;
}

function titleOf(measurement: Measurement): string {
  return `${measurement.suite}: ${measurement.case}`;
}

/** Only the first figure, the subject of the case, has best round and spread, if there were several rounds. */
function caseTable(measurements: readonly Measurement[]): string {
  const [first, ...others] = figuresOf(measurements);
  const failures = measurements.flatMap(({ target, failure }) => (failure ? [`${target}: ${failure}`] : []));
  if (first === undefined) return failures.join('\n');
  const isRepeated = measurements.some(({ rounds }) => (rounds[first]?.length ?? 0) > 1);
  const variation = isRepeated ? ['best', 'spread'] : [];
  const head = ['server', FIGURES[first].title, ...variation, ...others.map((name) => FIGURES[name].title)];
  const rows = measurements.map(({ target, rounds }) => [
    target,
    ...mainCells(first, rounds[first]).slice(0, 1 + variation.length),
    ...others.map((name) => (rounds[name]?.length ? digits(name, median(rounds[name])) : '–')),
  ]);
  return [table(head, rows), ...failures].join('\n');
}

function figuresOf(measurements: readonly Measurement[]): FigureName[] {
  return [...new Set(measurements.flatMap(({ rounds }) => Object.keys(rounds) as FigureName[]))];
}

function mainCells(name: FigureName, values: readonly number[] | undefined): string[] {
  if (!values?.length) return ['–', '–', '–'];
  const best = FIGURES[name].better === 'lower' ? Math.min(...values) : Math.max(...values);
  return [digits(name, median(values)), digits(name, best), `${Math.round(spread(values) * 100)} %`];
}

function goalTable(judged: readonly Verdict[]): string {
  const head = ['case', 'figure', 'value', 'against', 'ratio', 'goal', ''];
  const rows = judged.map(({ goal, value, measured, isReached }) => [
    `${goal.suite}: ${goal.case}${goal.target === CHAT.name ? '' : `: ${goal.target}`}`,
    FIGURES[goal.figure].title,
    digits(goal.figure, value),
    goal.against ?? '–',
    goal.bound === 'value' ? '–' : measured.toFixed(2),
    goalText(goal),
    isReached ? 'reached' : 'MISSED',
  ]);
  return table(head, rows);
}

function goalText({ bound, than }: Goal): string {
  if (bound === 'value') return `≤ ${than}`;
  if (bound === 'more') return `≤ ${than} more`;
  return bound === 'better' ? `≥ ${than}× better` : `≤ ${than}× the cost`;
}

function digits(name: FigureName, value: number): string {
  return value.toFixed(FIGURES[name].digits);
}
