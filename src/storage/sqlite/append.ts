import type { Database, Statement } from 'better-sqlite3';
import { clientHashOf } from '../client-hash';
import { type Appended, GIVEN_FIELDS, MESSAGE_FIELDS, nameOf, type NewMessage, type Repeat } from '../stored-message';
import { catchUpCounters } from './counters';

/** Messages per insert statement: single inserts cost half as much again. */
const ROWS = 8;
const COLUMNS = ['id', 'client_hash', ...GIVEN_FIELDS.map((name) => MESSAGE_FIELDS[name].column)];
const ROW_VALUES = COLUMNS.length;
const ROW = `(${COLUMNS.map(() => '?').join(', ')})`;

/** The first message under an idempotency key. Without a hash (older versions stored none) its text tells a repeat. */
interface Known extends Omit<Repeat, 'index'> {
  readonly clientHash: string | null;
  readonly message: string | null;
}

/**
 * The group commit's transaction on SQLite: stores a batch, ids and rows together or not at all. Owns the prepared statements of
 * one connection. Must not know on which thread it runs.
 */
export class AppendTransaction {
  private readonly run: (batch: readonly NewMessage[]) => Appended;
  /** Brings counters and user index up to the newest message. */
  readonly catchUp: () => void;
  private readonly touch: Statement;
  private readonly selectKnown: Statement<[string, string], Known>;
  private readonly insertOne: Statement;
  private readonly insertRows: Statement;

  constructor(database: Database) {
    const selectHead = database.prepare('SELECT last_id FROM message_head').pluck();
    // OR FAIL, because the whole transaction is rolled back anyway: by default SQLite would copy pages to undo the statement alone.
    const insertOf = (rows: number) =>
      database.prepare(
        `INSERT OR FAIL INTO messages (${COLUMNS.join(', ')}) VALUES ${Array(rows).fill(ROW).join(', ')}`,
      );
    this.insertOne = insertOf(1);
    this.insertRows = insertOf(ROWS);
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
        values.push(++lastId, clientHash);
        for (const name of GIVEN_FIELDS) values.push(message[name] ?? null);
        const { username, message: text, createdAt, clientId } = message;
        if (clientId != null)
          named.set(nameOf(username, clientId), { id: lastId, createdAt, clientHash, message: text });
      }
      this.insert(values);
      return { firstId: before + 1, repeats, ...(taken.length > 0 && { taken }) };
    });
    this.run = (batch) => transaction.immediate(batch);
    this.catchUp = catchUpCounters(database);
  }

  /** The batch is durable when this returns. */
  append(batch: readonly NewMessage[]): Appended {
    return this.run(batch);
  }

  /** Writes without changing anything; throws while the disk refuses writes. */
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

  /** The first message under the same idempotency key: in the same batch (`named`), or stored. */
  private find({ username, clientId }: NewMessage, named: ReadonlyMap<string, Known>): Known | undefined {
    if (clientId == null) return undefined;
    return named.get(nameOf(username, clientId)) ?? this.selectKnown.get(username, clientId);
  }
}
