import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import { StartupError } from '../../platform/errors/startup-error';
import { BoundedClient } from '../../storage/postgres/bounded-client';
import { MIGRATION_LOCK } from '../../storage/postgres/open';
import { postgresConnection } from '../../storage/postgres/options';

/** How long an answer may take, in milliseconds: a recount of a large table is one statement. */
const ANSWER_MS = 600_000;
/** A server that has just ended may be seen for so many milliseconds more. */
const GOODBYE_MS = 3_000;

/** How the server's own connections call themselves; other programs may read along. */
const OTHERS = `SELECT count(*)::int AS servers FROM pg_stat_activity
  WHERE datname = current_database() AND application_name IN ('chat-system', 'chat-bus')`;

/** A connection whose statements may take their time. */
export class RetryingClient extends BoundedClient {
  override answerMs = ANSWER_MS;
}

export function moveConnection(url: string): ClientConfig {
  return { ...postgresConnection(url), application_name: 'chat-move' };
}

/**
 * Keeps servers away from a PostgreSQL database: none runs, and as the lock is that of migrations, none gets beyond the
 * beginning of its start until the session ends.
 * @throws StartupError when one is there
 */
export async function withoutServers(url: string): Promise<Client> {
  const client = new RetryingClient(moveConnection(url));
  // Reported by the statement under way, if there is one.
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [MIGRATION_LOCK]);
  if (!rows[0]!.taken) throw new StartupError('it is being migrated or moved; is a server starting?');
  for (let waited = 0; ; waited += 100) {
    const [{ servers }] = (await client.query<{ servers: number }>(OTHERS)).rows as [{ servers: number }];
    if (servers === 0) return client;
    if (waited >= GOODBYE_MS)
      throw new StartupError(`a server is running on it (${servers} connections); stop all replicas`);
    await delay(100);
  }
}
