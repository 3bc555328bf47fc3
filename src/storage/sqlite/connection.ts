import Database from 'better-sqlite3';
import type { DataSource } from 'typeorm';

/** Pages in the write-ahead log from which a checkpoint is worthwhile; SQLite's own default. */
const CHECKPOINT_PAGES = 1_000;
/** Bytes of the write-ahead log that stay allocated after a checkpoint. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Opens the file, which must exist, for batches of messages. Its commits never checkpoint. `busyTimeoutMs` bounds how long a
 * statement blocks its thread while another connection writes.
 */
export function openForWriting(path: string, synchronous: 'full' | 'normal', busyTimeoutMs: number): Database.Database {
  const database = new Database(path, { fileMustExist: true, timeout: busyTimeoutMs });
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${synchronous}`);
  database.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
  // Overwrites the bytes of deleted texts in the file; `Remnants` overwrites the copies it misses.
  database.pragma('secure_delete = ON');
  // A checkpoint inside a commit would keep the whole batch waiting.
  database.pragma('wal_autocheckpoint = 0');
  return database;
}

/** Checkpoints the write-ahead log if it is long. May wait for the disk for seconds. */
export function checkpointIfLong(database: Database.Database): void {
  const { log, checkpointed } = checkpoint(database, 'NOOP');
  if (log - checkpointed >= CHECKPOINT_PAGES) checkpoint(database, 'PASSIVE');
}

/** The committed frames in the write-ahead log; 0 where another connection is about to change their number. */
export function countFrames(database: Database.Database): number {
  const { busy, log } = checkpoint(database, 'NOOP');
  return busy === 0 ? log : 0;
}

/**
 * Checkpoints the whole write-ahead log and empties it: until then it contains deleted texts.
 * @returns false while a reader needs the log
 */
export function emptyLog(database: Database.Database): boolean {
  return checkpoint(database, 'TRUNCATE').busy === 0;
}

/** Frames in the write-ahead log, and those already checkpointed; `busy`: 1 if another connection prevented a full checkpoint. */
interface Checkpoint {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

/** https://www.sqlite.org/pragma.html#pragma_wal_checkpoint */
export function checkpoint(database: Database.Database, mode: 'NOOP' | 'PASSIVE' | 'FULL' | 'TRUNCATE'): Checkpoint {
  const [done] = database.pragma(`wal_checkpoint(${mode})`) as [Checkpoint];
  return done;
}

/**
 * Leaves checkpoints to the writer thread, which does them after messages. Without messages for very long, a commit of this
 * connection checkpoints, so that the log stays bounded.
 */
export async function limitCheckpoints(dataSource: DataSource): Promise<void> {
  await dataSource.query(`PRAGMA wal_autocheckpoint = ${10 * CHECKPOINT_PAGES}`);
  await dataSource.query(`PRAGMA journal_size_limit = ${WAL_LIMIT_BYTES}`);
}
