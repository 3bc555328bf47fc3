import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { fileFault } from '../../platform/errors/file-fault';
import { StartupError } from '../../platform/errors/startup-error';
import { withoutSecrets } from '../../settings/database-url';
import { migrate } from '../migrate';
import { BoundedClient, NotConnected } from './bounded-client';
import type { ConnectionAttempts } from './connection-attempts';
import { codeOf, postgresFault } from './fault';
import { MIGRATION_LOCK } from './lock';
import {
  createPostgresDataSource,
  postgresConnection,
  postgresOptions,
  readingPoolOptions,
  writablePoolOptions,
} from './options';
import { refuseMissingPrivileges } from './privileges';
import { retryUntilAvailable } from './retry';

/** Parameters of the URL that name files. */
const FILES = ['sslrootcert', 'sslcert', 'sslkey'];
/** Time the start waits for another replica's migrations. */
const MIGRATION_TIMEOUT = '60s';
/**
 * Time a migration waits for a table in use, in milliseconds: statements queued behind it wait as well, and messages fail after
 * two seconds. Longer than `deadlock_timeout`, after which PostgreSQL cancels a blocking autovacuum.
 */
const TABLE_LOCK_MS = 1_500;
/** Time for which migrations are retried, and the pause in which waiting messages are stored, in milliseconds. */
const TABLE_LOCK_TIMEOUT_MS = 50_000;
const TABLE_LOCK_PAUSE_MS = 3_000;
const LOCK_NOT_AVAILABLE = '55P03';
/** Timeout of a statement of the connection that locks, in milliseconds; longer than `MIGRATION_TIMEOUT`. */
const ANSWER_MS = 70_000;

/**
 * Waits for the server, applies the migrations (one replica at a time) and opens the pool for single-row writes.
 * @throws StartupError when the database is unusable, with the reason for the operator
 */
export async function openWritable(url: string, attempts: ConnectionAttempts): Promise<DataSource> {
  refuseUnreadableFiles(url);
  return usable(url, async () => {
    await migrateAlone(url);
    return createPostgresDataSource(writablePoolOptions(url, attempts)).initialize();
  });
}

/**
 * Opens the pool for reading.
 * @throws StartupError when the database is unusable, with the reason for the operator
 */
export function openReading(url: string, attempts: ConnectionAttempts): Promise<DataSource> {
  return usable(url, () => createPostgresDataSource(readingPoolOptions(url, attempts)).initialize());
}

async function usable(url: string, open: () => Promise<DataSource>): Promise<DataSource> {
  try {
    return await retryUntilAvailable(open);
  } catch (error) {
    const fault = postgresFault(error);
    throw fault ? unusable(url, `${fault} (${codeOf(error)})`) : error;
  }
}

/** The driver reads these files for each connection, and reports a missing file like a missing server. */
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
    await client.query(`SET lock_timeout = '${MIGRATION_TIMEOUT}'`);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrateUnderLock(url);
  } finally {
    // Not awaited: over a frozen network it never resolves.
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

/** The database counts lengths and sorts names, with the same result everywhere only in UTF-8. */
export async function refuseOtherEncodings(client: Client): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
  const encoding = rows[0]!.server_encoding;
  if (encoding !== 'UTF8') throw new StartupError(`the database has the encoding ${encoding}; UTF8 is needed`);
}

/** Migrates over a separate connection; the caller's session must hold `MIGRATION_LOCK`. */
export async function migrateUnderLock(url: string): Promise<void> {
  const options = postgresOptions(url);
  const extra = { ...postgresConnection(url), options: `-c lock_timeout=${TABLE_LOCK_MS}` };
  const dataSource = await createPostgresDataSource({ ...options, extra }).initialize();
  try {
    await retryWhileInUse(() => migrate(dataSource));
  } finally {
    await dataSource.destroy();
  }
}

/** Retries migrations, one transaction each, while a table is locked by a long read, such as a backup. */
async function retryWhileInUse(migrateOnce: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + TABLE_LOCK_TIMEOUT_MS;
  for (let attempt = 0; ; attempt++) {
    try {
      await migrateOnce();
      return;
    } catch (error) {
      if (codeOf(error) !== LOCK_NOT_AVAILABLE || performance.now() > deadline) throw error;
      if (attempt === 0) new Logger('Database').warn('waiting for a table that is in use: is a backup running?');
      await delay(TABLE_LOCK_PAUSE_MS);
    }
  }
}

function unusable(url: string, reason: string): StartupError {
  return new StartupError(`cannot use the database ${withoutSecrets(url)}: ${reason}`);
}
