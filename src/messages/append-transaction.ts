import type { Database, Statement } from 'better-sqlite3';
import { SqliteCounters } from '../stats/sqlite-counters';
import type { NewMessage, Receipt } from './stored-message';

/** Stores a batch as one transaction on SQLite: ids, rows and counters together or not at all. */
export class AppendTransaction {
  private readonly run: (batch: readonly NewMessage[]) => Receipt[];
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
    const transaction = database.transaction((batch: readonly NewMessage[]) => {
      let lastId = selectHead.get() as number;
      const added: NewMessage[] = [];
      const receipts = batch.map((message): Receipt => {
        const known = this.find(message);
        if (known) return { ...known, isRepeat: true };
        const { username, message: text, createdAt, clientId = null } = message;
        insert.run(++lastId, username, text, createdAt, clientId);
        added.push(message);
        return { id: lastId, createdAt, isRepeat: false };
      });
      if (added.length > 0) {
        updateHead.run(lastId);
        counters.add(added);
      }
      return receipts;
    });
    this.run = (batch) => transaction.immediate(batch);
  }

  /** One receipt a message, in order; new ids follow each other without a gap. The batch is durable when this returns. */
  append(batch: readonly NewMessage[]): Receipt[] {
    return this.run(batch);
  }

  /** A write that changes nothing: whether the disk takes writes again. */
  probe(): void {
    this.touch.run();
  }

  private find({ username, clientId }: NewMessage): Pick<Receipt, 'id' | 'createdAt'> | undefined {
    if (clientId === undefined) return undefined;
    return this.selectKnown.get(username, clientId) as Pick<Receipt, 'id' | 'createdAt'> | undefined;
  }
}
