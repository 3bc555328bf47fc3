import { realpathSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { StartupError } from '../../platform/errors/startup-error';
import { readSettings } from '../../settings/load-settings';
import type { Settings } from '../../settings/settings';
import { usesPostgres } from '../../settings/database-url';
import { sqlitePath } from '../../storage/database.options';
import { Refusal } from './refusal';

const USAGE =
  'npm run move -- --from sqlite:PATH --to postgres://USER:PASSWORD@HOST:PORT/DATABASE (or the other way round)';

export const OPTIONS = { from: { type: 'string' }, to: { type: 'string' }, help: { type: 'boolean' } } as const;

/** The settings of a server on each of the two databases. */
export interface Options {
  readonly from: Readonly<Settings>;
  readonly to: Readonly<Settings>;
}

/** @throws Refusal that says what is allowed */
export function readOptions(args: readonly string[]): Options {
  let given: { from?: string; to?: string };
  try {
    given = parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch {
    // Node's own words would repeat what was given, which may be a password.
    throw new Refusal(`unknown arguments; ${USAGE}`);
  }
  const from = databaseOf('--from', given.from);
  const to = databaseOf('--to', given.to);
  if (identityOf(from) === identityOf(to)) throw new Refusal('--from and --to are the same database');
  return { from, to };
}

function databaseOf(option: string, url: string | undefined): Readonly<Settings> {
  if (url === undefined) throw new Refusal(`${option} is missing; ${USAGE}`);
  try {
    return readSettings({ DATABASE_URL: url });
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    throw new Refusal(error.message.replace('DATABASE_URL', option));
  }
}

function identityOf(database: Readonly<Settings>): string {
  if (usesPostgres(database)) return database.DATABASE_URL;
  try {
    return realpathSync(sqlitePath(database));
  } catch {
    // A file that does not exist yet is no other's.
    return database.DATABASE_URL;
  }
}
