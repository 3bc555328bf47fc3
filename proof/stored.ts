import Database from 'better-sqlite3';

export interface Row {
  readonly id: number;
  readonly username: string;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly clientId: string | null;
}

/** Reads the database file without any code of the server. */
export interface Stored {
  readonly rows: readonly Row[];
  readonly byId: ReadonlyMap<number, Row>;
  readonly head: number;
  readonly totals: { readonly messages: number; readonly users: number; readonly codePoints: number };
  readonly users: Readonly<Record<string, number>>;
  /** Messages per user by the user index. */
  readonly userMessages: Readonly<Record<string, number>>;
  readonly days: Readonly<Record<string, number>>;
  /** SQLite's `integrity_check`; undefined on PostgreSQL. */
  readonly integrity: string | undefined;
}

export function readStored(path: string): Stored {
  const database = new Database(path, { readonly: true });
  try {
    const rows = database
      .prepare('SELECT id, username, message, created_at AS createdAt, client_id AS clientId FROM messages ORDER BY id')
      .all() as Row[];
    const counts = (sql: string) => Object.fromEntries(database.prepare(sql).raw().all() as [string, number][]);
    return {
      rows,
      byId: new Map(rows.map((row) => [row.id, row])),
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
