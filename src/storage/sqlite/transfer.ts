import { existsSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { StartupError } from '../../platform/errors/startup-error';
import type { Settings } from '../../settings/settings';
import { refuseOtherSchemas } from '../migrate';
import type { Appended, StoredMessage } from '../stored-message';
import { type TransferSource, TransferTarget } from '../transfer';
import { AppendTransaction } from './append';
import { checkpointIfLong, openForWriting } from './connection';
import { SqliteLock } from './lock';
import { makeFolderOf, openReading, openWritable } from './open';
import { BUSY_TIMEOUT_MS, readOnlyFileOptions, sqlitePath } from './options';

/** Messages after which counters and user index catch up: in bulk, but in a bounded transaction. */
const CATCH_UP_AFTER = 50_000;

export async function openTransferSource(settings: Readonly<Settings>): Promise<TransferSource> {
  const path = sqlitePath(settings);
  if (!existsSync(path)) throw new StartupError('there is no such file');
  const lock = SqliteLock.acquire(path);
  const dataSource = await new DataSource(readOnlyFileOptions(settings)).initialize();
  await refuseOtherSchemas(dataSource);
  const close = async () => {
    await dataSource.destroy();
    lock.release();
  };
  return { dataSource, close };
}

export class SqliteTransferTarget extends TransferTarget {
  private readonly transaction: AppendTransaction;
  private behind = 0;

  private constructor(
    dataSource: DataSource,
    private readonly database: Database,
    private readonly lock: SqliteLock,
  ) {
    super(dataSource);
    this.transaction = new AppendTransaction(database);
  }

  static async open(settings: Readonly<Settings>): Promise<SqliteTransferTarget> {
    const path = sqlitePath(settings);
    makeFolderOf(path);
    const lock = SqliteLock.acquire(path);
    await (await openWritable(settings)).destroy();
    const database = openForWriting(path, settings.SQLITE_SYNCHRONOUS, BUSY_TIMEOUT_MS);
    return new SqliteTransferTarget(await openReading(settings), database, lock);
  }

  append(page: readonly StoredMessage[], accept: (appended: Appended) => void): Promise<void> {
    this.database.transaction(() => accept(this.transaction.append(page)))();
    checkpointIfLong(this.database);
    this.behind += page.length;
    return this.behind >= CATCH_UP_AFTER ? this.catchUp() : Promise.resolve();
  }

  catchUp(): Promise<void> {
    this.transaction.catchUp();
    this.behind = 0;
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    // The last connection to close checkpoints the write-ahead log.
    this.database.close();
    this.lock.release();
  }
}
