import { Logger } from '@nestjs/common';
import { type ClientConfig, types } from 'pg';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions';
import { BoundedClient, CONNECT_MS, READ_MS } from './bounded-client';
import { postgresFault } from './fault';
import { SCHEMA } from '../schema';

/** Connections for reading. With the writer's own and the bus's, a replica holds at most two more. */
const POOL_SIZE = 5;
const POOL_IDLE_MS = 60_000;
const KEEPALIVE_MS = 10_000;

/**
 * For connections that only seek, however large the tables are. PostgreSQL cannot know that what follows the last counted message is
 * little, and would rather read tables as a whole for it.
 */
export const SEEK_ONLY = { enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off', jit: 'off' };

/** Every write belongs to the writer's connection. */
const READ_ONLY = { default_transaction_read_only: 'on' };

/** What every connection to PostgreSQL has in common. */
export function postgresConnection(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'chat-system',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MS,
    // As text by default. Ids and sums stay far below 2^53.
    types: {
      getTypeParser: (oid, format) =>
        oid === types.builtins.INT8 ? Number : (types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  };
}

/** The pool of the reading connections: bounded in number, and in how long anything waits for them. */
export function readingPoolOptions(url: string): PostgresDataSourceOptions {
  return {
    ...postgresOptions(url),
    connectTimeoutMS: CONNECT_MS,
    poolSize: POOL_SIZE,
    extra: {
      ...postgresConnection(url),
      Client: BoundedClient,
      idleTimeoutMillis: POOL_IDLE_MS,
      // The server gives up, too: a statement that nobody waits for any more must not go on.
      statement_timeout: READ_MS,
      options: Object.entries({ ...SEEK_ONLY, ...READ_ONLY })
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    },
    // An idle connection that broke is out of the pool already; the next read opens another one.
    poolErrorHandler: (error: unknown) => {
      new Logger('Database').warn(`a connection to the database broke: ${postgresFault(error) ?? String(error)}`);
    },
  };
}

/** For migrations, which may take their time and write. */
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
