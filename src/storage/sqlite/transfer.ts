import { existsSync } from 'node:fs';
import type { Database, Statement } from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { StartupError } from '../../platform/errors/startup-error';
import type { Settings } from '../../settings/settings';
import { refuseOtherSchemas } from '../migrate';
import type { Appended } from '../appended';
import { MESSAGE_FIELDS, STATE_FIELDS, type StoredMessage } from '../stored-message';
import { type Row, type TransferSource, TransferTarget } from '../transfer';
import { AppendTransaction } from './append';
import { checkpointIfLong, openForWriting } from './connection';
import { SqliteLock } from './lock';
import { makeFolderOf, openReading, openWritable } from './open';
import { BUSY_TIMEOUT_MS, readOnlyFileOptions, sqlitePath } from './options';

/** Messages after which counters and user index catch up: in bulk, but in a bounded transaction. */
const CATCH_UP_AFTER = 50_000;

const SET_STATE = STATE_FIELDS.map((name) => `${MESSAGE_FIELDS[name].column} = @${name}`).join(', ');

function stateOf(message: StoredMessage): object {
  return Object.fromEntries(['id' as const, ...STATE_FIELDS].map((name) => [name, message[name] ?? null]));
}

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

/** Appends like a server, in one transaction a page. Owns the lock of the file and both connections until `close`. */
export class SqliteTransferTarget extends TransferTarget {
  private readonly transaction: AppendTransaction;
  private readonly restoreState: Statement;
  private behind = 0;

  private constructor(
    dataSource: DataSource,
    private readonly database: Database,
    private readonly lock: SqliteLock,
  ) {
    super(dataSource);
    this.transaction = new AppendTransaction(database);
    this.restoreState = database.prepare(`UPDATE messages SET ${SET_STATE} WHERE id = @id`);
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
    this.database.transaction(() => {
      accept(this.transaction.append(page));
      for (const message of page) if (message.changeId != null) this.restoreState.run(stateOf(message));
    })();
    checkpointIfLong(this.database);
    this.behind += page.length;
    return this.behind >= CATCH_UP_AFTER ? this.catchUp() : Promise.resolve();
  }

  async replaceRows(table: string, columns: readonly string[], pages: AsyncIterable<readonly Row[]>): Promise<void> {
    this.database.prepare(`DELETE FROM ${table}`).run();
    const placeholders = columns.map(() => '?').join(', ');
    const insert = this.database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${placeholders})`);
    for await (const page of pages) {
      this.database.transaction(() => {
        for (const row of page) insert.run(columns.map((column) => row[column]));
      })();
      checkpointIfLong(this.database);
    }
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
