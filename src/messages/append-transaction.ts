import type { Database, Statement } from 'better-sqlite3';
import { SqliteCounters } from '../stats/sqlite-counters';
import type { Appended, NewMessage, Repeat } from './stored-message';

/**
 * Stores a batch as one transaction on SQLite: ids and rows together or not at all. The counters and the user index follow, both
 * up to the same message, in bulk: in each batch they would cost more than the messages.
 */
export class AppendTransaction {
  private readonly run: (batch: readonly NewMessage[]) => Appended;
  private readonly followAll: () => void;
  private readonly touch: Statement;
  private readonly selectKnown: Statement<[string, string]>;

  constructor(database: Database) {
    const selectHead = database.prepare('SELECT last_id FROM message_head').pluck();
    const updateHead = database.prepare('UPDATE message_head SET last_id = ?');
    const insert = database.prepare(
      'INSERT INTO messages (id, username, message, created_at, client_id) VALUES (?, ?, ?, ?, ?)',
    );
    // Without OR FAIL SQLite would copy each page so that it could take back this statement alone; a failure takes back all.
    const index = database.prepare<[number, number]>(
      'INSERT OR FAIL INTO user_messages (username, id) SELECT username, id FROM messages WHERE id > ? AND id <= ? ORDER BY username, id',
    );
    const counters = new SqliteCounters(database);
    this.selectKnown = database.prepare(
      'SELECT id, created_at AS createdAt FROM messages WHERE username = ? AND client_id = ?',
    );
    this.touch = database.prepare('UPDATE message_head SET last_id = last_id');
    const transaction = database.transaction((batch: readonly NewMessage[]): Appended => {
      const before = selectHead.get() as number;
      let lastId = before;
      const repeats: Repeat[] = [];
      for (const [index, message] of batch.entries()) {
        const known = this.find(message);
        if (known) repeats.push({ index, ...known });
        else insert.run(++lastId, message.username, message.message, message.createdAt, message.clientId ?? null);
      }
      if (lastId > before) updateHead.run(lastId);
      return { firstId: before + 1, repeats };
    });
    this.run = (batch) => transaction.immediate(batch);
    const follow = database.transaction(() => {
      const covered = counters.covered();
      const lastId = selectHead.get() as number;
      if (covered === lastId) return;
      index.run(covered, lastId);
      counters.follow(lastId);
    });
    this.followAll = () => follow.immediate();
  }

  /** The batch is durable when this returns. */
  append(batch: readonly NewMessage[]): Appended {
    return this.run(batch);
  }

  /** Brings the counters and the user index up to the newest message. */
  follow(): void {
    this.followAll();
  }

  /** A write that changes nothing: whether the disk takes writes again. */
  probe(): void {
    this.touch.run();
  }

  private find({ username, clientId }: NewMessage): Omit<Repeat, 'index'> | undefined {
    if (clientId == null) return undefined;
    return this.selectKnown.get(username, clientId) as Omit<Repeat, 'index'> | undefined;
  }
}
