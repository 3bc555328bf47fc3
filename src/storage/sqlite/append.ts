import type { Database, Statement } from 'better-sqlite3';
import { clientHashOf } from '../client-hash';
import type { ChangeRequest } from '../message-change';
import type { Appended, Repeat } from '../appended';
import { GIVEN_FIELDS, MESSAGE_FIELDS, nameOf, type NewMessage } from '../stored-message';
import { ChangeStatements } from './changes';
import { catchUpCounters } from './counters';
import { RowInsert } from './row-insert';

const COLUMNS = ['id', 'client_hash', ...GIVEN_FIELDS.map((name) => MESSAGE_FIELDS[name].column)];
const ROW_VALUES = COLUMNS.length;
const ROW = `(${COLUMNS.map(() => '?').join(', ')})`;

/** The first message under an idempotency key. Without a hash (older versions stored none) its text tells a repeat. */
interface Known extends Omit<Repeat, 'index'> {
  readonly clientHash: string | null;
  /** Null where there is a hash, and where the message was deleted: then any text is a repeat. */
  readonly message: string | null;
  /** Set where the key stands for a change. */
  readonly changeId?: number | null;
}

const KNOWN = `messages.id, created_at AS createdAt, client_hash AS clientHash,
  CASE WHEN client_hash IS NULL AND deleted_at IS NULL THEN message END AS message`;
const KEY_ROW = '(?, ?, ?)';
const KEY_VALUES = 3;

/**
 * The group commit's transaction on SQLite: stores a batch, ids and rows together or not at all. Owns the prepared statements of
 * one connection. Must not know on which thread it runs.
 */
export class AppendTransaction {
  private readonly run: (batch: readonly NewMessage[], changes: readonly ChangeRequest[]) => Appended;
  /** Advances counters and user index to the newest message. */
  readonly catchUp: () => void;
  private readonly touch: Statement;
  private readonly selectKnown: Statement<[string, string], Known>;
  private readonly selectOfAuthor: Statement<[number, string], Known>;
  private readonly insertMessages: RowInsert;
  private readonly insertKeys: RowInsert;

  constructor(database: Database) {
    const selectHead = database.prepare('SELECT last_id FROM message_head').pluck();
    this.insertMessages = new RowInsert(database, `messages (${COLUMNS.join(', ')})`, ROW, ROW_VALUES);
    this.insertKeys = new RowInsert(database, 'author_keys (author_id, client_id, message_id)', KEY_ROW, KEY_VALUES);
    this.selectKnown = database.prepare(`SELECT ${KNOWN} FROM messages WHERE username = ? AND client_id = ?`);
    this.selectOfAuthor = database.prepare(
      `SELECT ${KNOWN}, author_keys.change_id AS changeId FROM author_keys JOIN messages ON messages.id = message_id
       WHERE author_keys.author_id = ? AND author_keys.client_id = ?`,
    );
    const changeStatements = new ChangeStatements(database);
    this.touch = database.prepare('UPDATE stats_totals SET messages = messages');
    const append = (batch: readonly NewMessage[]): Appended => {
      const before = selectHead.get() as number;
      let lastId = before;
      const repeats: Repeat[] = [];
      const taken: number[] = [];
      const values: unknown[] = [];
      const keys: unknown[] = [];
      const named = new Map<string, Known>();
      for (const [index, message] of batch.entries()) {
        const known = this.find(message, named);
        const clientHash = clientHashOf(message);
        if (known) {
          if (isSame(known, message, clientHash)) repeats.push({ index, id: known.id, createdAt: known.createdAt });
          else taken.push(index);
          continue;
        }
        values.push(++lastId, clientHash);
        const { authorId, clientId } = message;
        for (const name of GIVEN_FIELDS) {
          values.push((name === 'clientId' && authorId != null ? null : message[name]) ?? null);
        }
        if (clientId == null) continue;
        named.set(nameOf(message), { id: lastId, createdAt: message.createdAt, clientHash, message: message.message });
        if (authorId != null) keys.push(authorId, clientId, lastId);
      }
      this.insertMessages.run(values);
      this.insertKeys.run(keys);
      return { firstId: before + 1, repeats, ...(taken.length > 0 && { taken }) };
    };
    const transaction = database.transaction((batch: readonly NewMessage[], changes: readonly ChangeRequest[]) => {
      const appended = append(batch);
      return changes.length > 0 ? { ...appended, changes: changeStatements.apply(changes) } : appended;
    });
    this.run = (batch, changes) => transaction.immediate(batch, changes);
    this.catchUp = catchUpCounters(database);
  }

  /** The batch and the changes are durable when this returns. */
  append(batch: readonly NewMessage[], changes: readonly ChangeRequest[] = []): Appended {
    return this.run(batch, changes);
  }

  /** Writes without changing anything; throws while the disk refuses writes. */
  probe(): void {
    this.touch.run();
  }

  /** The first message under the same idempotency key: in the same batch (`named`), or stored. */
  private find(message: NewMessage, named: ReadonlyMap<string, Known>): Known | undefined {
    const { authorId, username, clientId } = message;
    if (clientId == null) return undefined;
    const inBatch = named.size > 0 ? named.get(nameOf(message)) : undefined;
    if (inBatch) return inBatch;
    return authorId == null ? this.selectKnown.get(username, clientId) : this.selectOfAuthor.get(authorId, clientId);
  }
}

/** Whether a message repeats the one stored under its key. A key of a change belongs to no message. */
function isSame({ changeId, clientHash, message }: Known, repeat: NewMessage, hash: string | null): boolean {
  if (changeId != null) return false;
  return clientHash === null ? message === null || message === repeat.message : clientHash === hash;
}
