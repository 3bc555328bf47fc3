import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Options, readOptions } from './options';
import { reach } from './reach';
import { countsOf, lineOf } from './report';
import { CHECKS, type Result, runChecks } from './run-checks';
import { Target } from './target';

/** Exit codes: all tried rules hold, one fails, nothing could be tried. */
const [HOLDS, FAILS, UNTRIED] = [0, 1, 2];

async function main(args: string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    print(readFileSync(join(process.cwd(), 'conformance/usage.txt'), 'utf8').trimEnd());
    return HOLDS;
  }
  const options = readOptions(args, process.env);
  const unknown = options.rules?.find((rule) => !CHECKS.some((check) => check.rule === rule));
  if (unknown !== undefined) throw new Error(`there is no check of ${unknown}`);
  const target = new Target(options);
  await reach(target).catch((error: unknown) => {
    throw new Error(
      `${String(options.url)} cannot be tried: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
  const results = await collect(target, options);
  const counts = countsOf(results);
  if (options.isJson) print(JSON.stringify({ url: String(options.url), ...counts, checks: results }));
  else print(`\n${counts.holds} hold, ${counts.fails} fail, ${counts.untried} could not be tried`);
  if (counts.fails > 0) return FAILS;
  return counts.holds > 0 ? HOLDS : UNTRIED;
}

async function collect(target: Target, options: Options): Promise<Result[]> {
  const results: Result[] = [];
  for await (const result of runChecks(target, options)) {
    results.push(result);
    if (!options.isJson) print(lineOf(result));
  }
  return results;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = UNTRIED;
  },
);
