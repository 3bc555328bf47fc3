import { Global, Inject, Module, OnApplicationShutdown } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { usesPostgres } from '../settings/database-url';
import { Settings } from '../settings/settings';
import { DatabaseHealth } from './database.health';
import { databaseOptions, sqlitePath, type SqliteOptions } from './database.options';
import { openPostgres } from './postgres/open';
import { makeFolderOf, openSqlite } from './sqlite/open';
import { SqliteLock } from './sqlite/lock';

/** Holds the lock on a SQLite file; a PostgreSQL database has as many servers as there are replicas. */
@Module({
  providers: [
    {
      provide: SqliteLock,
      inject: [Settings],
      useFactory: (settings: Settings) => {
        if (usesPostgres(settings)) return undefined;
        makeFolderOf(sqlitePath(settings));
        return SqliteLock.take(sqlitePath(settings));
      },
    },
  ],
  exports: [SqliteLock],
})
class SqliteLockModule implements OnApplicationShutdown {
  constructor(@Inject(SqliteLock) private readonly lock: SqliteLock | undefined) {}

  onApplicationShutdown(): void {
    this.lock?.release();
  }
}

/** The connections for reading. A SQLite file is opened after the lock on it is held. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      imports: [SqliteLockModule],
      inject: [Settings, SqliteLock],
      useFactory: (settings: Settings) => ({ ...databaseOptions(settings), toRetry: () => false }),
      dataSourceFactory: (options) =>
        options?.type === 'postgres' ? openPostgres(options.url!) : openSqlite(options as SqliteOptions),
    }),
    TerminusModule,
  ],
  providers: [DatabaseHealth],
  exports: [DatabaseHealth],
})
export class StorageModule {}
