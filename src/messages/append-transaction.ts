import type { Database, Statement } from 'better-sqlite3';
import { SqliteCounters } from '../stats/sqlite-counters';
import type { NewMessage } from './stored-message';

/** Stores a batch as one transaction on SQLite: ids, rows and counters together or not at all. */
export class AppendTransaction {
  private readonly run: (batch: readonly NewMessage[]) => number;
  private readonly touch: Statement;

  constructor(database: Database) {
    const advanceHead = database.prepare('UPDATE message_head SET last_id = last_id + ? RETURNING last_id').pluck();
    const insert = database.prepare('INSERT INTO messages (id, username, message, created_at) VALUES (?, ?, ?, ?)');
    const counters = new SqliteCounters(database);
    this.touch = database.prepare('UPDATE message_head SET last_id = last_id');
    const transaction = database.transaction((batch: readonly NewMessage[]) => {
      const firstId = (advanceHead.get(batch.length) as number) - batch.length + 1;
      batch.forEach(({ username, message, createdAt }, i) => insert.run(firstId + i, username, message, createdAt));
      counters.add(batch);
      return firstId;
    });
    this.run = (batch) => transaction.immediate(batch);
  }

  /** The id of the first message; the others follow it without a gap. The batch is durable when this returns. */
  append(batch: readonly NewMessage[]): number {
    return this.run(batch);
  }

  /** A write that changes nothing: whether the disk takes writes again. */
  probe(): void {
    this.touch.run();
  }
}
