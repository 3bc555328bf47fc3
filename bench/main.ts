import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measurement } from './figures';
import { verdicts } from './goals';
import { type Options, readOptions } from './options';
import { chart } from './report/chart';
import { machine } from './report/machine';
import { report } from './report/report';
import { Session } from './session';
import type { SuiteName } from './suite-names';
import { SUITES } from './suites';

const CHART = 'docs/bench.svg';

async function main(): Promise<void> {
  const options = optionsOrExit();
  if (options.help) {
    process.stdout.write(usage());
    return;
  }
  const session = new Session(options);
  try {
    const measurements: Measurement[] = [];
    for (const name of options.suites) measurements.push(...(await measured(name, session)));
    publish(measurements, options);
  } finally {
    session.close();
  }
}

/** A suite that fails loses only its own results. */
async function measured(name: SuiteName, session: Session): Promise<Measurement[]> {
  try {
    return await SUITES[name](session);
  } catch (error) {
    process.stderr.write(`${name} failed: ${String(error)}\n`);
    process.exitCode = 1;
    return [];
  }
}

/** `scripts/run.js` prints the same file. */
function usage(): string {
  return readFileSync('bench/usage.txt', 'utf8');
}

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage()}`);
    process.exit(2);
  }
}

function publish(
  measurements: readonly Measurement[],
  { out, chart: isChartWanted, rounds, measureMs }: Options,
): void {
  const where = machine();
  const date = new Date().toISOString();
  process.stdout.write(report(measurements));

  mkdirSync(out, { recursive: true });
  const file = join(out, `${date.slice(0, 19).replaceAll(':', '')}.json`);
  const results = { date, machine: where, rounds, measureMs, verdicts: verdicts(measurements), measurements };
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`\n${file}\n`);

  if (isChartWanted && measurements.some(({ suite }) => suite === 'fanout')) {
    writeFileSync(CHART, chart(measurements, where, date.slice(0, 10)));
  }
}

void main();
