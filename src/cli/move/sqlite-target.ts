import type { Database } from 'better-sqlite3';
import { withoutSecrets } from '../../settings/database-url';
import type { Settings } from '../../settings/settings';
import { BUSY_TIMEOUT_MS, sqliteOptions, sqlitePath } from '../../storage/database.options';
import { makeFolderOf, openSqlite } from '../../storage/sqlite/open';
import { SqliteLock } from '../../storage/sqlite/lock';
import { AppendTransaction } from '../../storage/sqlite/append';
import { checkpointIfLong, openForWriting } from '../../storage/sqlite/connection';
import type { StoredMessage } from '../../storage/stored-message';
import { MessageReader } from './message-reader';
import { Target } from './target';

/** The counters follow after so many messages: in bulk, but not in a bulk that is as large as the chat. */
const FOLLOW_AFTER = 50_000;

/** A SQLite file, new or not, which no server can use until this process ends. */
export class SqliteTarget extends Target {
  private readonly transaction: AppendTransaction;
  private behind = 0;

  private constructor(
    reader: MessageReader,
    private readonly database: Database,
    private readonly lock: SqliteLock,
  ) {
    super(reader);
    this.transaction = new AppendTransaction(database);
  }

  /** @throws StartupError when the file is unusable */
  static async open(settings: Readonly<Settings>): Promise<SqliteTarget> {
    const path = sqlitePath(settings);
    makeFolderOf(path);
    const lock = SqliteLock.take(path);
    const reader = new MessageReader(withoutSecrets(settings.DATABASE_URL), await openSqlite(sqliteOptions(settings)));
    return new SqliteTarget(reader, openForWriting(path, settings.SQLITE_SYNCHRONOUS, BUSY_TIMEOUT_MS), lock);
  }

  append(page: readonly StoredMessage[]): Promise<void> {
    this.database.transaction(() => this.refuseOtherIds(page, this.transaction.append(page)))();
    checkpointIfLong(this.database);
    this.behind += page.length;
    return this.behind >= FOLLOW_AFTER ? this.follow() : Promise.resolve();
  }

  follow(): Promise<void> {
    this.transaction.follow();
    this.behind = 0;
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.reader.close();
    // The last to close moves the write-ahead log into the file.
    this.database.close();
    this.lock.release();
  }
}
