import type { Database, Statement } from 'better-sqlite3';
import { SqliteCounters } from '../stats/sqlite-counters';
import type { Appended, NewMessage, Repeat } from './stored-message';

/** Stores a batch as one transaction on SQLite: ids, rows and counters together or not at all. */
export class AppendTransaction {
  private readonly run: (batch: readonly NewMessage[]) => Appended;
  private readonly touch: Statement;
  private readonly selectKnown: Statement<[string, string]>;

  constructor(database: Database) {
    const selectHead = database.prepare('SELECT last_id FROM message_head').pluck();
    const updateHead = database.prepare('UPDATE message_head SET last_id = ?');
    const insert = database.prepare(
      'INSERT INTO messages (id, username, message, created_at, client_id) VALUES (?, ?, ?, ?, ?)',
    );
    const counters = new SqliteCounters(database);
    this.selectKnown = database.prepare(
      'SELECT id, created_at AS createdAt FROM messages WHERE username = ? AND client_id = ?',
    );
    this.touch = database.prepare('UPDATE message_head SET last_id = last_id');
    const transaction = database.transaction((batch: readonly NewMessage[]): Appended => {
      const firstId = (selectHead.get() as number) + 1;
      const added: NewMessage[] = [];
      const repeats: Repeat[] = [];
      batch.forEach((message, index) => {
        const known = this.find(message);
        if (known) {
          repeats.push({ index, ...known });
          return;
        }
        const { username, message: text, createdAt, clientId = null } = message;
        insert.run(firstId + added.length, username, text, createdAt, clientId);
        added.push(message);
      });
      if (added.length > 0) {
        updateHead.run(firstId + added.length - 1);
        counters.add(added);
      }
      return { firstId, repeats };
    });
    this.run = (batch) => transaction.immediate(batch);
  }

  /** The batch is durable when this returns. */
  append(batch: readonly NewMessage[]): Appended {
    return this.run(batch);
  }

  /** A write that changes nothing: whether the disk takes writes again. */
  probe(): void {
    this.touch.run();
  }

  private find({ username, clientId }: NewMessage): Omit<Repeat, 'index'> | undefined {
    if (clientId === undefined) return undefined;
    return this.selectKnown.get(username, clientId) as Omit<Repeat, 'index'> | undefined;
  }
}
