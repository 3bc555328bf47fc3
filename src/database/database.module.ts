import { Global, Module, OnApplicationShutdown } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../config/settings';
import { DatabaseHealth } from './database.health';
import { databaseOptions, sqlitePath } from './database.options';
import { makeFolderOf, openDatabase } from './open-database';
import { SqliteLock } from './sqlite-lock';

@Module({
  providers: [
    {
      provide: SqliteLock,
      inject: [Settings],
      useFactory: (settings: Settings) => {
        makeFolderOf(sqlitePath(settings));
        return SqliteLock.take(sqlitePath(settings));
      },
    },
  ],
  exports: [SqliteLock],
})
class SqliteLockModule implements OnApplicationShutdown {
  constructor(private readonly lock: SqliteLock) {}

  onApplicationShutdown(): void {
    this.lock.release();
  }
}

/** The one connection for reading; it opens after the lock on the file is held. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      imports: [SqliteLockModule],
      inject: [Settings, SqliteLock],
      useFactory: (settings: Settings) => ({ ...databaseOptions(settings), toRetry: () => false }),
      dataSourceFactory: (options) => openDatabase(options as ReturnType<typeof databaseOptions>),
    }),
    TerminusModule,
  ],
  providers: [DatabaseHealth],
  exports: [DatabaseHealth],
})
export class DatabaseModule {}
