import type { Database } from 'better-sqlite3';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { BetterSqlite3DataSourceOptions as SqliteOptions } from 'typeorm/driver/better-sqlite3/BetterSqlite3DataSourceOptions';
import { usesPostgres } from '../settings/database-url';
import type { Settings } from '../settings/settings';
import { postgresOptions } from './postgres/options';
import { SCHEMA } from './schema';

export type { SqliteOptions };

/** How long a statement waits for another process's lock before it fails, in milliseconds. */
export const BUSY_TIMEOUT_MS = 2000;

/** The connection options of the TypeORM command line, and of the application's migrations. */
export function databaseOptions(settings: Readonly<Settings>): DataSourceOptions {
  return usesPostgres(settings) ? postgresOptions(settings.DATABASE_URL) : sqliteOptions(settings);
}

export function sqliteOptions(settings: Readonly<Settings>): SqliteOptions {
  return {
    ...SCHEMA,
    entities: [...SCHEMA.entities],
    migrations: [...SCHEMA.migrations],
    type: 'better-sqlite3',
    database: sqlitePath(settings),
    enableWAL: true,
    timeout: BUSY_TIMEOUT_MS,
    // better-sqlite3 is built with NORMAL as the default in WAL mode: migrations deserve the setting, too.
    prepareDatabase: (database: Database) => void database.pragma(`synchronous = ${settings.SQLITE_SYNCHRONOUS}`),
  };
}

/** The file behind `DATABASE_URL`. */
export function sqlitePath(settings: Readonly<Settings>): string {
  return settings.DATABASE_URL.slice('sqlite:'.length);
}

/** A DataSource that is not connected yet. */
export function createDataSource(options: DataSourceOptions): DataSource {
  const dataSource = new DataSource(options);
  if (options.type === 'postgres') {
    // SQLite's integer has 64 bits, PostgreSQL's 32. So what the entities call integer is a bigint there.
    const { driver } = dataSource;
    const normalizeType = driver.normalizeType.bind(driver);
    driver.normalizeType = (column) => (column.type === 'integer' ? 'bigint' : normalizeType(column));
  }
  return dataSource;
}
