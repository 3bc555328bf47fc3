import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Client } from 'pg';
import type { Settings } from '../settings/settings';

/** Identity shared by the replicas of one chat, and by no others. */
export interface ChatIdentity {
  /** Identifies the chat's database, independent of the address that a replica uses. */
  readonly database: string;
  /** Signs the frames between replicas. */
  readonly key: KeyObject;
}

/**
 * The system identifier that PostgreSQL assigns at `initdb`, and the OID of the database. A restored dump has another; a physical
 * copy has the same and cannot be told from its original.
 */
const DATABASE = `SELECT system_identifier || '.' || oid AS database FROM pg_control_system(), pg_database
  WHERE datname = current_database()`;
const SECRET = 'SELECT secret FROM cluster_secret WHERE id = 1';

/** Reads the identity over a separate connection. Rejects when the database does not answer or has no secret. */
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
    // With a configured secret the table is not read: the role may lack the privilege.
    const secret = CLUSTER_SECRET || (await client.query<{ secret: string }>(SECRET)).rows[0]?.secret;
    if (!secret) throw new Error('the database has no secret for it');
    return { database, key: createSecretKey(createHmac('sha256', secret).update(database).digest()) };
  } finally {
    void client.end().catch(() => undefined);
  }
}
