import type { Database, Statement } from 'better-sqlite3';
import { type ChangedMessage, type ChangeOutcome, type ChangeRequest, refusalOf } from '../message-change';
import { MESSAGE_FIELDS, type StoredMessage } from '../stored-message';

const STATE = Object.entries(MESSAGE_FIELDS)
  .filter(([name]) => name !== 'clientId' && name !== 'clientHash')
  .map(([name, { column }]) => `${column} AS ${name}`)
  .join(', ');

interface Key {
  readonly messageId: number;
  readonly changeId: number | null;
}

/** Changes of messages on SQLite, inside the transaction of a batch. Owns the prepared statements of one connection. */
export class ChangeStatements {
  private readonly selectHead: Statement<[], number>;
  private readonly selectKey: Statement<[number, string], Key>;
  private readonly selectTime: Statement<[number], number>;
  private readonly selectMessage: Statement<[number], StoredMessage>;
  private readonly insertChange: Statement<[number, number, number]>;
  private readonly insertKey: Statement<[number, string, number, number]>;
  private readonly edit: Statement;
  private readonly delete: Statement;
  private readonly recount: Statement<[string, string, number]>;
  private readonly log: Statement;

  constructor(database: Database) {
    this.selectHead = database.prepare<[], number>('SELECT coalesce(max(id), 0) FROM changes').pluck();
    this.selectKey = database.prepare(
      'SELECT message_id AS messageId, change_id AS changeId FROM author_keys WHERE author_id = ? AND client_id = ?',
    );
    this.selectTime = database.prepare<[number], number>('SELECT created_at FROM changes WHERE id = ?').pluck();
    this.selectMessage = database.prepare(`SELECT ${STATE} FROM messages WHERE id = ?`);
    this.insertChange = database.prepare('INSERT INTO changes (id, message_id, created_at) VALUES (?, ?, ?)');
    this.insertKey = database.prepare(
      'INSERT INTO author_keys (author_id, client_id, message_id, change_id) VALUES (?, ?, ?, ?)',
    );
    this.edit = database.prepare('UPDATE messages SET message = ?, change_id = ?, edited_at = ? WHERE id = ?');
    // The digest is erased with the text: a short text could be guessed from it.
    this.delete = database.prepare(
      "UPDATE messages SET message = '', client_hash = NULL, change_id = ?, deleted_at = ?, deleted_by = ? WHERE id = ?",
    );
    this.recount = database.prepare(
      'UPDATE stats_totals SET code_points = code_points + length(?) - length(?) WHERE messages >= ?',
    );
    this.log = database.prepare(
      `INSERT INTO moderation_log (created_at, moderator, action, username, message_id, reason)
       VALUES (?, ?, 'delete', ?, ?, ?)`,
    );
  }

  apply(requests: readonly ChangeRequest[]): ChangeOutcome[] {
    let lastId = this.selectHead.get()!;
    return requests.map((request) => {
      const outcome = this.known(request) ?? this.change(request, lastId + 1);
      if ('changed' in outcome) lastId++;
      return outcome;
    });
  }

  /** The outcome of an earlier request with the same idempotency key. */
  private known({ authorId, clientId, messageId, text }: ChangeRequest): ChangeOutcome | undefined {
    if (authorId === undefined || clientId === undefined) return undefined;
    const key = this.selectKey.get(authorId, clientId);
    if (!key) return undefined;
    const { changeId } = key;
    if (changeId === null || key.messageId !== messageId) return { refused: 'client_id_taken' };
    const message = this.selectMessage.get(messageId)!;
    // The text of a superseded edit no longer exists, so it cannot be compared. A deletion is still visible.
    const isOther =
      text === undefined ? message.deletedAt == null : message.changeId === changeId && message.message !== text;
    return isOther ? { refused: 'client_id_taken' } : { repeat: { changeId, at: this.selectTime.get(changeId)! } };
  }

  private change(request: ChangeRequest, changeId: number): ChangeOutcome {
    const { messageId, text, authorId, clientId, at } = request;
    const message = this.selectMessage.get(messageId);
    const refused = refusalOf(request, message);
    if (refused) return { refused };
    const before = message!;
    if (before.deletedAt != null) return { repeat: { changeId: before.changeId!, at: before.deletedAt } };
    this.insertChange.run(changeId, messageId, at);
    if (authorId !== undefined && clientId !== undefined) this.insertKey.run(authorId, clientId, messageId, changeId);
    if (text === undefined) this.delete.run(changeId, at, request.by, messageId);
    else this.edit.run(text, changeId, at, messageId);
    this.recount.run(text ?? '', before.message, messageId);
    const isOwn = before.authorId != null && before.authorId === authorId;
    if (!isOwn && !request.isUnlogged) {
      this.log.run(at, request.by, before.username, messageId, request.reason ?? null);
    }
    return { changed: withoutNulls(this.selectMessage.get(messageId)!) as ChangedMessage };
  }
}

/** An absent field is left out, as in messages that are broadcast. */
function withoutNulls(message: StoredMessage): StoredMessage {
  const state: Record<string, unknown> = {};
  for (const name of Object.keys(message) as (keyof StoredMessage)[]) {
    if (message[name] !== null) state[name] = message[name];
  }
  return state as unknown as StoredMessage;
}
