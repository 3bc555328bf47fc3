import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WITH_BUNDLES } from './server-process';

export interface MoveEnd {
  readonly code: number | NodeJS.Signals;
  /** Progress, from standard output. */
  readonly lines: readonly string[];
  /** Failures, from standard error. */
  readonly errors: readonly string[];
}

type Watch = (line: string, child: ChildProcess) => void;

/** Runs the built `npm run move` to its end; `watch` is called for each line of progress. */
export async function runMove(from: string, to: string, watch?: Watch): Promise<MoveEnd> {
  return runMoveWith(['--from', from, '--to', to], watch);
}

export async function runMoveWith(parameters: string[], watch: Watch = () => undefined): Promise<MoveEnd> {
  const script = join(__dirname, '../../dist/src/cli/move/main.js');
  const child = spawn(process.execPath, [...WITH_BUNDLES, script, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const lines: string[] = [];
  const errors: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    watch(line, child);
  });
  createInterface(child.stderr).on('line', (line) => errors.push(line));
  const code = await new Promise<number | NodeJS.Signals>((resolve) => {
    child.on('close', (exitCode, signal) => resolve(exitCode ?? signal!));
  });
  return { code, lines, errors };
}

const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});
