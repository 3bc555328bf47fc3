import { parseArgs } from 'node:util';
import { StartupError } from '../../platform/errors/startup-error';
import { readSettings } from '../../settings/load-settings';
import { createStorage } from '../../storage/create-storage';
import type { Storage } from '../../storage/storage';
import { Refusal } from './refusal';

const USAGE =
  'npm run move -- --from sqlite:PATH --to postgres://USER:PASSWORD@HOST:PORT/DATABASE (or the other way round)';

export const OPTIONS = { from: { type: 'string' }, to: { type: 'string' }, help: { type: 'boolean' } } as const;

/** Both databases, by URLs as in `DATABASE_URL`. */
export interface Options {
  readonly from: Storage;
  readonly to: Storage;
}

/** @throws Refusal that says what is allowed */
export function readOptions(args: readonly string[]): Options {
  let given: { from?: string; to?: string };
  try {
    given = parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch {
    // Node's own message would repeat the arguments, which may hold a password.
    throw new Refusal(`unknown arguments; ${USAGE}`);
  }
  const from = databaseOf('--from', given.from);
  const to = databaseOf('--to', given.to);
  if (from.identity === to.identity) throw new Refusal('--from and --to are the same database');
  return { from, to };
}

function databaseOf(option: string, url: string | undefined): Storage {
  if (url === undefined) throw new Refusal(`${option} is missing; ${USAGE}`);
  try {
    return createStorage(readSettings({ DATABASE_URL: url }));
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    throw new Refusal(error.message.replace('DATABASE_URL', option));
  }
}
