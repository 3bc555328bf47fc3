import type { DataSource } from 'typeorm';
import type { Storage } from '../../storage/storage';
import { MESSAGE_FIELDS, type StoredMessage } from '../../storage/stored-message';
import { explained, Refusal } from './refusal';

/** Maximum messages per page, and characters of text; a single longer message is a page by itself. */
const PAGE_ROWS = 1_000;
const PAGE_CHARACTERS = 4_000_000;

const COLUMNS = Object.entries(MESSAGE_FIELDS).map(([name, { column }]) => `${column} AS "${name}"`);

/**
 * Reads the messages of a database page by page, over a read-only connection. Must not know the kind of database: the
 * statements run on all of them.
 */
export class MessageReader {
  constructor(
    private readonly storage: Storage,
    private readonly dataSource: DataSource,
  ) {}

  /** The database for logs, without credentials. */
  get name(): string {
    return this.storage.name;
  }

  /** The id of the newest message, which is also the number of messages; 0 if there are none. */
  async lastId(): Promise<number> {
    const [row] = await this.rows<{ last: number }>('SELECT last_id AS last FROM message_head WHERE id = 1');
    return row!.last;
  }

  /**
   * At least one message, ordered by id, with `after` < id ≤ `last`. Page boundaries depend on the messages only, so that two
   * databases with the same messages have the same pages.
   * @throws Refusal on a gap in the ids
   */
  async page(after: number, last: number): Promise<StoredMessage[]> {
    const rows = await this.rows<StoredMessage>(`
      SELECT ${COLUMNS.join(', ')} FROM (
        SELECT *, sum(length(message)) OVER (ORDER BY id) - length(message) AS characters_before FROM (
          SELECT * FROM messages WHERE id > ${after} AND id <= ${last} ORDER BY id LIMIT ${PAGE_ROWS}
        ) AS candidates
      ) AS weighed WHERE characters_before < ${PAGE_CHARACTERS} ORDER BY id`);
    const missing = rows.findIndex(({ id }, i) => id !== after + 1 + i);
    if (rows.length === 0 || missing >= 0) {
      throw new Refusal(`${this.name}: message ${after + 1 + Math.max(missing, 0)} is missing; ids must have no gaps`);
    }
    // Optional fields may be null, which the writers treat as absent.
    return rows;
  }

  rows<Found>(sql: string): Promise<Found[]> {
    return explained(this.storage, () => this.dataSource.query<Found[]>(sql));
  }
}
