import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from './refusal';
import { readOptions } from './options';
import { move } from './move';
import { Progress } from './progress';

/** A `Refusal` is for the operator; anything else is a bug and comes with its stack. */
function fail(error: unknown): never {
  const text = error instanceof Refusal ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`move: ${text}\n`);
  process.exit(1);
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
// Interrupted on purpose: the next call copies the rest.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(readFileSync(join(__dirname, 'usage.txt'), 'utf8'));
    return;
  }
  const { from, to } = readOptions(process.argv.slice(2));
  await move(from, to, new Progress(process.stdout));
}

void main().then(() => process.exit(0), fail);
