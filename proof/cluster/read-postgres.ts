import { Client, types } from 'pg';
import { type ChangeRow, type Row, SELECT_CHANGES, SELECT_ROWS, type Stored } from '../stored';

/** Reads the database without any code of the server. */
export async function readPostgres(url: string): Promise<Stored> {
  const client = new Client({ connectionString: url });
  await client.connect();
  client.setTypeParser(types.builtins.INT8, Number);
  const read = async <Found extends object>(sql: string) => (await client.query<Found>(sql)).rows;
  const counts = async (sql: string) => {
    const rows = await read<{ name: string; count: number }>(sql);
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
  };
  try {
    const rows = await read<Row>(SELECT_ROWS);
    const [head] = await read<{ last_id: number }>('SELECT last_id FROM message_head');
    const [totals] = await read<Stored['totals']>(
      'SELECT messages, users, code_points AS "codePoints" FROM stats_totals',
    );
    return {
      rows,
      byId: new Map(rows.map((row) => [row.id, row])),
      changes: await read<ChangeRow>(SELECT_CHANGES),
      head: head!.last_id,
      totals: totals!,
      users: await counts('SELECT username AS name, messages AS count FROM stats_users'),
      userMessages: await counts('SELECT username AS name, count(*) AS count FROM user_messages GROUP BY username'),
      days: await counts('SELECT day AS name, messages AS count FROM stats_days'),
      integrity: undefined,
    };
  } finally {
    await client.end();
  }
}

/** Terminates all other connections to the database. */
export async function endConnections(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await client.end();
}
