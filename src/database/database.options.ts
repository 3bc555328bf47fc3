import type { Database } from 'better-sqlite3';
import type { BetterSqlite3DataSourceOptions } from 'typeorm/driver/better-sqlite3/BetterSqlite3DataSourceOptions';
import type { Settings } from '../config/settings';
import { Message, MessageHead, UserMessage } from '../messages/message.entity';
import { DayStats, TotalStats, UserStats } from '../stats/stats.entity';
import { CreateChat1764000000000 } from './migrations/1764000000000-create-chat';
import { AddClientId1764100000000 } from './migrations/1764100000000-add-client-id';
import { AddUserMessages1764200000000 } from './migrations/1764200000000-add-user-messages';

/** How long a statement waits for another process's lock before it fails, in milliseconds. */
export const BUSY_TIMEOUT_MS = 2000;

/** The connection options of the application and of the TypeORM command line. */
export function databaseOptions(settings: Readonly<Settings>): BetterSqlite3DataSourceOptions {
  return {
    type: 'better-sqlite3',
    database: sqlitePath(settings),
    enableWAL: true,
    timeout: BUSY_TIMEOUT_MS,
    // better-sqlite3 is built with NORMAL as the default in WAL mode: migrations deserve the setting, too.
    prepareDatabase: (database: Database) => void database.pragma(`synchronous = ${settings.SQLITE_SYNCHRONOUS}`),
    entities: [Message, MessageHead, UserMessage, TotalStats, UserStats, DayStats],
    migrations: [CreateChat1764000000000, AddClientId1764100000000, AddUserMessages1764200000000],
    migrationsTransactionMode: 'each',
    synchronize: false,
  };
}

/** The file behind `DATABASE_URL`. */
export function sqlitePath(settings: Readonly<Settings>): string {
  return settings.DATABASE_URL.slice('sqlite:'.length);
}
