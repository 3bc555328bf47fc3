import type { Database } from 'better-sqlite3';
import type { BetterSqlite3DataSourceOptions } from 'typeorm/driver/better-sqlite3/BetterSqlite3DataSourceOptions';
import type { Settings } from '../../settings/settings';
import { SCHEMA } from '../schema';

/** Time a statement waits for the lock of another connection before it fails, in milliseconds. */
export const BUSY_TIMEOUT_MS = 2000;

/** The file that `DATABASE_URL` names. */
export function sqlitePath(settings: Readonly<Settings>): string {
  return settings.DATABASE_URL.slice('sqlite:'.length);
}

/** For migrations and single-row writes. */
export function sqliteOptions(settings: Readonly<Settings>): BetterSqlite3DataSourceOptions {
  return {
    ...SCHEMA,
    entities: [...SCHEMA.entities],
    migrations: [...SCHEMA.migrations],
    type: 'better-sqlite3',
    database: sqlitePath(settings),
    enableWAL: true,
    timeout: BUSY_TIMEOUT_MS,
    // better-sqlite3 is compiled with NORMAL as the default in WAL mode, which would also apply to migrations.
    prepareDatabase: (database: Database) => void database.pragma(`synchronous = ${settings.SQLITE_SYNCHRONOUS}`),
  };
}

/** For reading beside a server's own connections. */
export function readingOptions(settings: Readonly<Settings>): BetterSqlite3DataSourceOptions {
  return {
    ...sqliteOptions(settings),
    // WAL mode is a property of the file, and setting it counts as a write.
    enableWAL: false,
    fileMustExist: true,
    prepareDatabase: (database: Database) => void database.pragma('query_only = ON'),
  };
}

/** For reading a file that must stay the same byte for byte: not even its write-ahead log is checkpointed. */
export function readOnlyFileOptions(settings: Readonly<Settings>): BetterSqlite3DataSourceOptions {
  return { ...sqliteOptions(settings), readonly: true, enableWAL: false, prepareDatabase: undefined };
}
