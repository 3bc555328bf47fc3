import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import { StartupError } from '../../platform/errors/startup-error';
import { BoundedClient } from './bounded-client';
import { postgresConnection } from './options';

/**
 * Key of the advisory lock ("CHAT") for migrations, and for anything else that must keep servers from starting. The lock belongs
 * to the session, so it is released however the process ends.
 */
export const MIGRATION_LOCK = 0x43484154;

/** Timeout of a statement, in milliseconds: the recount of a large table is one statement. */
const ANSWER_MS = 600_000;
/** Time for which a server that has just exited may still be listed, in milliseconds. */
const GONE_AFTER_MS = 3_000;
const POLL_MS = 100;

/** Counts servers' connections by application name; connections of other programs are tolerated. */
const SERVERS = `SELECT count(*)::int AS servers FROM pg_stat_activity
  WHERE datname = current_database() AND application_name IN ('chat-system', 'chat-bus')`;

/** A connection for statements that may take minutes. */
export class SlowClient extends BoundedClient {
  override answerMs = ANSWER_MS;
}

export function transferConnection(url: string): ClientConfig {
  return { ...postgresConnection(url), application_name: 'chat-move' };
}

/**
 * Keeps servers off the database until the session ends: verifies that none is running, and holds the lock of migrations, which
 * every starting server waits for.
 * @throws StartupError when a server runs on it
 */
export async function lockOutServers(url: string): Promise<Client> {
  const client = new SlowClient(transferConnection(url));
  // A statement in flight reports the error.
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ isLocked: boolean }>('SELECT pg_try_advisory_lock($1) AS "isLocked"', [
    MIGRATION_LOCK,
  ]);
  if (!rows[0]!.isLocked) throw new StartupError('it is being migrated or moved; is a server starting?');
  for (let waited = 0; ; waited += POLL_MS) {
    const [{ servers }] = (await client.query<{ servers: number }>(SERVERS)).rows as [{ servers: number }];
    if (servers === 0) return client;
    if (waited >= GONE_AFTER_MS)
      throw new StartupError(`a server is running on it (${servers} connections); stop all replicas`);
    await delay(POLL_MS);
  }
}
