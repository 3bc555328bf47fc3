import { Client } from 'pg';

/**
 * What tells a database from all others, by whatever address its replicas reach it: the number that the server was
 * given at its creation, and the database's own in it.
 */
export async function databaseIdentity(url: string): Promise<string> {
  const client = new Client({
    connectionString: url,
    application_name: 'chat-bus',
    connectionTimeoutMillis: 3_000,
    query_timeout: 3_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ identity: string }>(
      `SELECT system_identifier || '.' || oid AS identity FROM pg_control_system(), pg_database
       WHERE datname = current_database()`,
    );
    return rows[0]!.identity;
  } finally {
    void client.end().catch(() => undefined);
  }
}
