import type { DataSource } from 'typeorm';
import type { StoredMessage } from '../../storage/stored-message';
import { explained, Refusal } from './refusal';

/** A page ends at so many messages, or before the one that would make it longer than so many characters. */
const PAGE_ROWS = 1_000;
const PAGE_CHARACTERS = 4_000_000;

type Row = Omit<StoredMessage, 'clientId'> & { readonly clientId: string | null; readonly clientHash: string | null };

/**
 * Reads the messages of a database page by page. It asks SQLite and PostgreSQL the same, over a connection that can only
 * read, and must not know which it is.
 */
export class MessageReader {
  constructor(
    /** For people, without secrets. */
    readonly name: string,
    private readonly dataSource: DataSource,
  ) {}

  /** The id of the newest message, which is their number. */
  async lastId(): Promise<number> {
    const [row] = await this.rows<{ last: number }>('SELECT last_id AS last FROM message_head WHERE id = 1');
    return row!.last;
  }

  /**
   * Messages that follow one another after `after`, up to `last` at most, at least one. Where it ends depends only on them:
   * two databases that hold the same have the same pages.
   */
  async page(after: number, last: number): Promise<StoredMessage[]> {
    const rows = await this.rows<Row>(`
      SELECT id, username, message, created_at AS "createdAt", client_id AS "clientId", client_hash AS "clientHash" FROM (
        SELECT *, sum(length(message)) OVER (ORDER BY id) - length(message) AS characters_before FROM (
          SELECT * FROM messages WHERE id > ${after} AND id <= ${last} ORDER BY id LIMIT ${PAGE_ROWS}
        ) AS candidates
      ) AS weighed WHERE characters_before < ${PAGE_CHARACTERS} ORDER BY id`);
    const missing = rows.findIndex(({ id }, i) => id !== after + 1 + i);
    if (rows.length === 0 || missing >= 0) {
      throw new Refusal(`${this.name}: message ${after + 1 + Math.max(missing, 0)} is missing; ids must have no holes`);
    }
    return rows.map(({ clientId, clientHash, ...message }) =>
      clientId === null ? message : { ...message, clientId, clientHash },
    );
  }

  rows<Found>(sql: string): Promise<Found[]> {
    return explained(this.name, () => this.dataSource.query<Found[]>(sql));
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}
