import { Logger } from '@nestjs/common';
import { type ClientConfig, types } from 'pg';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions';
import { BoundedClient, CONNECT_MS, READ_MS } from './bounded-client';
import { postgresFault } from './postgres-fault';
import { SCHEMA } from './schema';

/** Connections for reading. With the writer's own and the bus's, a replica holds at most two more. */
const POOL_SIZE = 5;
const POOL_IDLE_MS = 60_000;
const KEEPALIVE_MS = 10_000;

/** PostgreSQL's object id of the type bigint. */
const BIGINT = 20;

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
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === BIGINT && format !== 'binary' ? Number : (types.getTypeParser(oid, format as 'text') as never),
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
      // Every write belongs to the writer's connection.
      options: '-c default_transaction_read_only=on -c jit=off',
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
