import type { Database, Statement } from 'better-sqlite3';
import { SqliteCounters } from './counters';
import { clientHashOf } from '../client-hash';
import { type Appended, nameOf, type NewMessage, type Repeat } from '../stored-message';

/** So many messages are inserted by one statement: the calls of single ones would cost half as much again. */
const ROWS = 8;
const ROW_VALUES = 6;

/** The first message under a `client_id`; its text counts where it has no hash. */
interface Known extends Omit<Repeat, 'index'> {
  readonly clientHash: string | null;
  readonly message: string | null;
}

/**
 * Stores a batch as one transaction on SQLite: ids and rows together or not at all. The counters and the user index follow, both
 * up to the same message, in bulk: in each batch they would cost more than the messages.
 */
export class AppendTransaction {
  private readonly run: (batch: readonly NewMessage[]) => Appended;
  private readonly followAll: () => void;
  private readonly touch: Statement;
  private readonly selectKnown: Statement<[string, string], Known>;
  private readonly insertOne: Statement;
  private readonly insertRows: Statement;

  constructor(database: Database) {
    const selectHead = database.prepare('SELECT last_id FROM message_head').pluck();
    // Without OR FAIL, here and below, SQLite would copy pages so that it could take back this statement alone; who fails here
    // takes back all.
    const insertOf = (rows: number) =>
      database.prepare(
        `INSERT OR FAIL INTO messages (id, username, message, created_at, client_id, client_hash)
         VALUES ${Array(rows).fill('(?, ?, ?, ?, ?, ?)').join(', ')}`,
      );
    this.insertOne = insertOf(1);
    this.insertRows = insertOf(ROWS);
    const index = database.prepare<[number, number]>(
      'INSERT OR FAIL INTO user_messages (username, id) SELECT username, id FROM messages WHERE id > ? AND id <= ? ORDER BY username, id',
    );
    const counters = new SqliteCounters(database);
    this.selectKnown = database.prepare(
      `SELECT id, created_at AS createdAt, client_hash AS clientHash, CASE WHEN client_hash IS NULL THEN message END AS message
       FROM messages WHERE username = ? AND client_id = ?`,
    );
    this.touch = database.prepare('UPDATE stats_totals SET messages = messages');
    const transaction = database.transaction((batch: readonly NewMessage[]): Appended => {
      const before = selectHead.get() as number;
      let lastId = before;
      const repeats: Repeat[] = [];
      const taken: number[] = [];
      const values: unknown[] = [];
      const named = new Map<string, Known>();
      for (const [index, message] of batch.entries()) {
        const known = this.find(message, named);
        const clientHash = clientHashOf(message);
        if (known) {
          const isSame =
            known.clientHash === null ? known.message === message.message : known.clientHash === clientHash;
          if (isSame) repeats.push({ index, id: known.id, createdAt: known.createdAt });
          else taken.push(index);
          continue;
        }
        const { username, message: text, createdAt, clientId } = message;
        values.push(++lastId, username, text, createdAt, clientId ?? null, clientHash);
        if (clientId != null)
          named.set(nameOf(username, clientId), { id: lastId, createdAt, clientHash, message: text });
      }
      this.insert(values);
      return { firstId: before + 1, repeats, ...(taken.length > 0 && { taken }) };
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

  private insert(values: readonly unknown[]): void {
    let at = 0;
    for (; at + ROWS * ROW_VALUES <= values.length; at += ROWS * ROW_VALUES) {
      this.insertRows.run(...values.slice(at, at + ROWS * ROW_VALUES));
    }
    for (; at < values.length; at += ROW_VALUES) this.insertOne.run(...values.slice(at, at + ROW_VALUES));
  }

  /** What the message is a repeat of: one of `named`, of the same batch, or one that is stored. */
  private find({ username, clientId }: NewMessage, named: ReadonlyMap<string, Known>): Known | undefined {
    if (clientId == null) return undefined;
    return named.get(nameOf(username, clientId)) ?? this.selectKnown.get(username, clientId);
  }
}
