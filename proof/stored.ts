import Database from 'better-sqlite3';

/** A stored message. All times are epoch milliseconds. */
export interface Row {
  readonly id: number;
  readonly username: string;
  readonly message: string;
  readonly createdAt: number;
  readonly clientId: string | null;
  readonly changeId: number | null;
  readonly editedAt: number | null;
  readonly deletedAt: number | null;
  readonly deletedBy: string | null;
  /** Digest of key and text. */
  readonly clientHash: string | null;
}

export interface ChangeRow {
  readonly id: number;
  readonly messageId: number;
  readonly createdAt: number;
  /** Name of the user whose idempotency key it has; null: none. */
  readonly username: string | null;
  readonly clientId: string | null;
}

/** A file or a dump in which texts may be, with the markers found in it. */
export interface Copy {
  readonly name: string;
  readonly markers: ReadonlySet<string>;
}

/** The contents of the database, read without any code of the server. */
export interface Stored {
  readonly rows: readonly Row[];
  readonly byId: ReadonlyMap<number, Row>;
  /** In the order of their ids. */
  readonly changes: readonly ChangeRow[];
  readonly head: number;
  readonly totals: { readonly messages: number; readonly users: number; readonly codePoints: number };
  readonly users: Readonly<Record<string, number>>;
  /** Messages per user by the user index. */
  readonly userMessages: Readonly<Record<string, number>>;
  readonly days: Readonly<Record<string, number>>;
  /** SQLite's `integrity_check`; undefined on PostgreSQL. */
  readonly integrity: string | undefined;
}

/** For both databases. Idempotency keys of authors are in a separate table. */
export const SELECT_ROWS = `SELECT m.id, m.username, m.message, m.created_at AS "createdAt",
  coalesce(m.client_id, k.client_id) AS "clientId", m.change_id AS "changeId", m.edited_at AS "editedAt",
  m.deleted_at AS "deletedAt", m.deleted_by AS "deletedBy", m.client_hash AS "clientHash"
  FROM messages m LEFT JOIN author_keys k
    ON k.author_id = m.author_id AND k.message_id = m.id AND k.change_id IS NULL
  ORDER BY m.id`;
export const SELECT_CHANGES = `SELECT c.id, c.message_id AS "messageId", c.created_at AS "createdAt",
  n.username, k.client_id AS "clientId"
  FROM changes c LEFT JOIN author_keys k ON k.change_id = c.id LEFT JOIN owned_names n ON n.author_id = k.author_id
  ORDER BY c.id`;

export function readStored(path: string): Stored {
  const database = new Database(path, { readonly: true });
  try {
    const rows = database.prepare(SELECT_ROWS).all() as Row[];
    const counts = (sql: string) => Object.fromEntries(database.prepare(sql).raw().all() as [string, number][]);
    return {
      rows,
      byId: new Map(rows.map((row) => [row.id, row])),
      changes: database.prepare(SELECT_CHANGES).all() as ChangeRow[],
      head: database.prepare('SELECT last_id FROM message_head').pluck().get() as number,
      totals: database
        .prepare('SELECT messages, users, code_points AS codePoints FROM stats_totals')
        .get() as Stored['totals'],
      users: counts('SELECT username, messages FROM stats_users'),
      userMessages: counts('SELECT username, count(*) FROM user_messages GROUP BY username'),
      days: counts('SELECT day, messages FROM stats_days'),
      integrity: database.pragma('integrity_check', { simple: true }) as string,
    };
  } finally {
    database.close();
  }
}
