import { readFileSync } from 'node:fs';
import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { fileFault } from '../../platform/errors/file-fault';
import { StartupError } from '../../platform/errors/startup-error';
import { withoutSecrets } from '../../settings/database-url';
import { BoundedClient, NotConnected } from './bounded-client';
import { createDataSource } from '../database.options';
import { migrate } from '../migrate';
import { retryUntilAvailable } from './retry';
import { codeOf, postgresFault } from './fault';
import { refuseMissingPrivileges } from './privileges';
import { postgresConnection, postgresOptions, readingPoolOptions } from './options';

/** Parameters of the URL that name files. */
const FILES = ['sslrootcert', 'sslcert', 'sslkey'];
/** How long the start waits for another replica's migrations. */
const MIGRATION_PATIENCE = '60s';
/** How long it waits for an answer, in milliseconds: more than for the migrations. */
const ANSWER_MS = 70_000;

/**
 * "CHAT": the advisory lock of whoever migrates, or must not have servers start meanwhile. It is the session's, so it ends
 * with the process, however that ends.
 */
export const MIGRATION_LOCK = 0x43484154;

/**
 * Waits for the server, applies the migrations (one replica at a time) and opens the pool of reading connections.
 * @throws StartupError when the database is unusable, with the reason for the operator
 */
export async function openPostgres(url: string): Promise<DataSource> {
  refuseUnreadableFiles(url);
  try {
    return await retryUntilAvailable(async () => {
      await migrateAlone(url);
      return createDataSource(readingPoolOptions(url)).initialize();
    });
  } catch (error) {
    const fault = postgresFault(error);
    throw fault ? unusable(url, `${fault} (${codeOf(error)})`) : error;
  }
}

/** The driver reads these files with each connection, and would say of a missing one what it says of a missing server. */
function refuseUnreadableFiles(url: string): void {
  const { searchParams } = new URL(url);
  for (const name of FILES) {
    const path = searchParams.get(name);
    if (!path) continue;
    try {
      readFileSync(path);
    } catch (error) {
      throw unusable(url, `the file of its parameter ${name}, ${path}: ${fileFault(error) ?? String(error)}`);
    }
  }
}

async function migrateAlone(url: string): Promise<void> {
  const client = await connect(url);
  try {
    await refuseOtherEncodings(client);
    await refuseMissingPrivileges(client);
    await client.query(`SET lock_timeout = '${MIGRATION_PATIENCE}'`);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrateOverOwnConnection(url);
  } finally {
    // Not waited for: with the network frozen the goodbye is never answered.
    void client.end();
  }
}

async function connect(url: string): Promise<Client> {
  let client: BoundedClient | undefined;
  try {
    client = new BoundedClient(postgresConnection(url));
    client.answerMs = ANSWER_MS;
    await client.connect();
    return client;
  } catch (error) {
    client?.connection.stream.destroy();
    throw new NotConnected(error);
  }
}

/** Lengths are counted and names sorted by the database, which only UTF-8 makes the same everywhere. */
export async function refuseOtherEncodings(client: Client): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
  const encoding = rows[0]!.server_encoding;
  if (encoding !== 'UTF8') throw new StartupError(`the database has the encoding ${encoding}; UTF8 is needed`);
}

/** For who holds the lock. */
export async function migrateOverOwnConnection(url: string): Promise<void> {
  const dataSource = await createDataSource(postgresOptions(url)).initialize();
  try {
    await migrate(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

function unusable(url: string, reason: string): StartupError {
  return new StartupError(`cannot use the database ${withoutSecrets(url)}: ${reason}`);
}
