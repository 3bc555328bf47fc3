import type { DataSource } from 'typeorm';
import type { Settings } from '../../settings/settings';
import { createDataSource, sqliteOptions } from '../../storage/database.options';
import { postgresOptions } from '../../storage/postgres/options';
import { moveConnection, RetryingClient } from './postgres-session';

/** Opens a SQLite file without the right to write it: its write-ahead log is read, but not moved into it. */
export function readSqlite(settings: Readonly<Settings>): Promise<DataSource> {
  const options = { ...sqliteOptions(settings), readonly: true, enableWAL: false, prepareDatabase: undefined };
  return createDataSource(options).initialize();
}

/** One connection to PostgreSQL that cannot write. */
export function readPostgres(settings: Readonly<Settings>): Promise<DataSource> {
  const url = settings.DATABASE_URL;
  return createDataSource({
    ...postgresOptions(url),
    poolSize: 1,
    extra: { ...moveConnection(url), Client: RetryingClient, options: '-c default_transaction_read_only=on' },
    poolErrorHandler: () => undefined,
  }).initialize();
}
