import { Logger } from '@nestjs/common';
import { type ClientConfig, types } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions';
import { SCHEMA } from '../schema';
import { BoundedClient, CONNECT_MS, READ_MS } from './bounded-client';
import type { ConnectionAttempts } from './connection-attempts';
import { postgresFault } from './fault';

/** Connections for reading. The writer, the writable pool and the bus have one more each. */
const READING_POOL_SIZE = 5;
/** One, so that single-row transactions take turns as on SQLite. */
const WRITABLE_POOL_SIZE = 1;
const POOL_IDLE_MS = 60_000;
const KEEPALIVE_MS = 10_000;

/**
 * Planner settings of connections that only use index lookups, however large the tables. The planner cannot know how few
 * messages follow the last counted one, and would scan whole tables for them.
 */
export const SEEK_ONLY = { enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off', jit: 'off' };

const READ_ONLY = { default_transaction_read_only: 'on' };

/** An unconnected DataSource. The entities' `integer` has 64 bits on SQLite and 32 on PostgreSQL, so it becomes `bigint`. */
export function createPostgresDataSource(options: PostgresDataSourceOptions): DataSource {
  const dataSource = new DataSource(options);
  const { driver } = dataSource;
  const normalizeType = driver.normalizeType.bind(driver);
  driver.normalizeType = (column) => (column.type === 'integer' ? 'bigint' : normalizeType(column));
  return dataSource;
}

/** Options of every connection to PostgreSQL. */
export function postgresConnection(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'chat-system',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MS,
    // The driver's default is text. Ids and sums stay far below 2^53.
    types: {
      getTypeParser: (oid, format) =>
        oid === types.builtins.INT8 ? Number : (types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  };
}

/** The pool for reading. Waiting for a connection and for an answer are bounded. */
export function readingPoolOptions(url: string, attempts?: ConnectionAttempts): PostgresDataSourceOptions {
  return poolOptions(url, READING_POOL_SIZE, attempts, { ...SEEK_ONLY, ...READ_ONLY });
}

/** The pool for single-row writes, bounded like the one for reading. */
export function writablePoolOptions(url: string, attempts?: ConnectionAttempts): PostgresDataSourceOptions {
  return poolOptions(url, WRITABLE_POOL_SIZE, attempts, {});
}

/** For migrations, which may take minutes and write. */
export function postgresOptions(url: string): PostgresDataSourceOptions {
  return {
    ...SCHEMA,
    entities: [...SCHEMA.entities],
    migrations: [...SCHEMA.migrations],
    type: 'postgres',
    url,
    installExtensions: false,
    extra: postgresConnection(url),
  };
}

function poolOptions(
  url: string,
  poolSize: number,
  attempts: ConnectionAttempts | undefined,
  session: Record<string, string>,
): PostgresDataSourceOptions {
  return {
    ...postgresOptions(url),
    connectTimeoutMS: CONNECT_MS,
    poolSize,
    extra: {
      ...postgresConnection(url),
      Client: BoundedClient,
      attempts,
      idleTimeoutMillis: POOL_IDLE_MS,
      // The server cancels at the same time: a statement whose client has given up must not keep running.
      statement_timeout: READ_MS,
      options: Object.entries(session)
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
    // A broken idle connection is out of the pool already; the next statement opens another one.
    poolErrorHandler: (error: unknown) => {
      new Logger('Database').warn(`a connection to the database broke: ${postgresFault(error) ?? String(error)}`);
    },
  };
}
