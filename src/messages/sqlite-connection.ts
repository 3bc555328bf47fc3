import Database from 'better-sqlite3';

/** At most this much of the write-ahead log stays on disk after it was moved into the file, in bytes. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

/** A connection that may write; the file must exist. `busyTimeoutMs` is how long it waits for another writer. */
export function openForWriting(path: string, synchronous: 'full' | 'normal', busyTimeoutMs: number): Database.Database {
  const database = new Database(path, { fileMustExist: true, timeout: busyTimeoutMs });
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${synchronous}`);
  database.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
  return database;
}
