import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Client } from 'pg';
import type { Settings } from '../settings/settings';

/** What the replicas of one chat have in common, and those of no other. */
export interface ChatIdentity {
  /** Tells the chat's database from all others, by whatever address its replicas reach it. */
  readonly database: string;
  /** What the replicas sign with. */
  readonly key: KeyObject;
}

/** The number that the server was given at its creation, and the database's own in it: a copy of the database has another. */
const DATABASE = `SELECT system_identifier || '.' || oid AS database FROM pg_control_system(), pg_database
  WHERE datname = current_database()`;
const SECRET = 'SELECT secret FROM cluster_secret WHERE id = 1';

/** Asks the database, over a connection of its own. */
export async function chatIdentity({ DATABASE_URL, CLUSTER_SECRET }: Readonly<Settings>): Promise<ChatIdentity> {
  const client = new Client({
    connectionString: DATABASE_URL,
    application_name: 'chat-bus',
    connectionTimeoutMillis: 3_000,
    query_timeout: 3_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { database } = (await client.query<{ database: string }>(DATABASE)).rows[0]!;
    // One that is set is not looked for: the tables may belong to somebody else.
    const secret = CLUSTER_SECRET || (await client.query<{ secret: string }>(SECRET)).rows[0]?.secret;
    if (!secret) throw new Error('the database has no secret for it');
    return { database, key: createSecretKey(createHmac('sha256', secret).update(database).digest()) };
  } finally {
    void client.end().catch(() => undefined);
  }
}
