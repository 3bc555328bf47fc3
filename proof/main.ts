import { readFileSync } from 'node:fs';
import type { Violation } from './checks/violation';
import { findChromium } from './chromium';
import { type Options, readOptions } from './options';
import { prove } from './prove';
import { Workplace } from './workplace';

/** Time that a run may take beyond its faults, in seconds. */
const SPARE_SECONDS = 180;
/** Maximum printed violations per kind; the evidence has all. */
const SHOWN = 5;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.isHelp) {
    process.stdout.write(readFileSync('proof/usage.txt', 'utf8'));
    return;
  }
  const { seconds, seed, writers, readers, sabotage } = options;
  print(`seed ${seed}, ${seconds} s of faults, ${writers} writers, ${readers} readers`);
  if (sabotage !== undefined) print(`SABOTAGE: ${sabotage}`);
  const place = await Workplace.create(options);
  process.once('exit', () => place.remove());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  for (const what of place.subject.leftOut(options.faults)) print(`LEFT OUT: ${what}`);
  if (options.hasBrowser && !findChromium())
    print('LEFT OUT: the client in Chromium (none is installed; CHROMIUM_PATH)');
  try {
    const late = setTimeout(() => giveUp(place, 'the run does not come to an end'), (seconds + SPARE_SECONDS) * 1000);
    const isPassed = await run(options, place);
    clearTimeout(late);
    process.exit(isPassed ? 0 : 1);
  } catch (error) {
    giveUp(place, error instanceof Error ? error.stack! : String(error));
  }
}

async function run(options: Options, place: Workplace): Promise<boolean> {
  const start = performance.now();
  const { history, figures, violations } = await prove(options, place, (line) => {
    print(`${((performance.now() - start) / 1000).toFixed(1).padStart(7)} s  ${line}`);
  });
  print('');
  for (const [name, value] of figures) print(`${name.padEnd(24)} ${value}`);
  print('');
  if (violations.length === 0) {
    print('PASSED');
    return true;
  }
  printViolations(violations);
  place.keep();
  place.keepRecords(history, violations);
  print(`evidence: ${place.folder}`);
  return false;
}

function printViolations(violations: readonly Violation[]): void {
  for (const kind of new Set(violations.map((one) => one.kind))) {
    const list = violations.filter((one) => one.kind === kind);
    print(`VIOLATED ${kind}: ${list.length}`);
    for (const { evidence } of list.slice(0, SHOWN)) print(`  ${evidence}`);
    if (list.length > SHOWN) print(`  and ${list.length - SHOWN} more`);
  }
}

function giveUp(place: Workplace, reason: string): never {
  place.keep();
  process.stderr.write(`${reason}\nnot decided; evidence: ${place.folder}\n`);
  process.exit(1);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
