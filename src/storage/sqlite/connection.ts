import Database from 'better-sqlite3';

/** So many pages in the write-ahead log are moved into the file, SQLite's own default. */
const CHECKPOINT_PAGES = 1_000;
/** At most this much of the write-ahead log stays on disk after it was moved into the file, in bytes. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * A connection that may write, and never moves the write-ahead log by itself; the file must exist. `busyTimeoutMs` is how
 * long it waits for another writer.
 */
export function openForWriting(path: string, synchronous: 'full' | 'normal', busyTimeoutMs: number): Database.Database {
  const database = new Database(path, { fileMustExist: true, timeout: busyTimeoutMs });
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${synchronous}`);
  database.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
  // Not within some commit, which would have to wait for all of it.
  database.pragma('wal_autocheckpoint = 0');
  return database;
}

/** Moves the write-ahead log into the file if it is long: this may wait for the disk for long. */
export function checkpointIfLong(database: Database.Database): void {
  const [state] = database.pragma('wal_checkpoint(NOOP)') as [{ log: number; checkpointed: number }];
  if (state.log - state.checkpointed >= CHECKPOINT_PAGES) database.pragma('wal_checkpoint(PASSIVE)');
}
