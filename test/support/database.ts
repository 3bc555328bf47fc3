import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Client, types } from 'pg';
import { readSettings } from '../../src/settings/load-settings';
import { createStorage } from '../../src/storage/create-storage';
import { SEEK_ONLY } from '../../src/storage/postgres/options';

/** The PostgreSQL server of the Jest project `postgres`; undefined in the project `sqlite`. */
const serverUrl = (globalThis as { POSTGRES_URL?: string }).POSTGRES_URL;

export const isPostgres = serverUrl !== undefined;

type Row = Record<string, unknown>;

/** An empty database for one test, of this project's kind; the first server on it creates the tables. */
export async function newDatabase(): Promise<string> {
  return serverUrl === undefined ? `sqlite:${testFolder()}/chat.sqlite` : newPostgresDatabase(serverUrl);
}

/** The same with the tables of the current version. */
export async function newChatDatabase(): Promise<string> {
  const url = await newDatabase();
  const storage = createStorage(readSettings({ DATABASE_URL: url }));
  await (await storage.openWritable()).destroy();
  storage.release();
  return url;
}

/** Reuses the emptied database of an earlier test of this file: dropping a database costs PostgreSQL a checkpoint. */
async function newPostgresDatabase(server: string): Promise<string> {
  const test = expect.getState().currentTestName;
  const known = databases.find((database) => database.test !== undefined && database.test !== test);
  const { name } = known ?? { name: `chat_test_${randomBytes(6).toString('hex')}` };
  const url = String(Object.assign(new URL(server), { pathname: `/${name}` }));
  if (known) {
    known.test = test;
    await execute(url, `${END_CONNECTIONS}; DROP SCHEMA public CASCADE; CREATE SCHEMA public`);
  } else {
    databases.push({ name, test });
    await execute(server, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  }
  return url;
}

/** SQL that closes all other connections to the database. */
export const END_CONNECTIONS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

/** The rows of a query, over a separate connection. Placeholders are in the database's own syntax. */
export async function rowsOf(url: string, sql: string, parameters: unknown[] = []): Promise<Row[]> {
  if (url.startsWith('postgres')) return (await onPostgres(url, (client) => client.query<Row>(sql, parameters))).rows;
  const database = new Database(pathOf(url));
  const rows = database.prepare(sql).all(...parameters) as Row[];
  database.close();
  return rows;
}

/** Runs statements without a result. */
export async function execute(url: string, sql: string): Promise<void> {
  if (url.startsWith('postgres')) {
    await onPostgres(url, (client) => client.query(sql));
    return;
  }
  const database = new Database(pathOf(url));
  database.exec(sql);
  database.close();
}

/** The query plan as on a large table. */
export async function planOf(url: string, query: string, parameters: unknown[]): Promise<string> {
  if (!url.startsWith('postgres')) {
    const steps = await rowsOf(url, `EXPLAIN QUERY PLAN ${query}`, parameters);
    return steps.map(({ detail }) => detail).join('; ');
  }
  const { rows } = await onPostgres(url, async (client) => {
    // The server's own settings; then two more, as the planner prefers sorting to an index for few rows.
    for (const [name, value] of Object.entries(SEEK_ONLY)) await client.query(`SET ${name} = ${value}`);
    await client.query('SET enable_bitmapscan = off; SET enable_sort = off');
    return client.query<Row>(`EXPLAIN ${query}`, parameters);
  });
  return rows.map((row) => row['QUERY PLAN']).join('; ');
}

/** Blocks all writers until the returned function is called. */
export async function holdWrites(url: string): Promise<() => Promise<void>> {
  if (url.startsWith('postgres')) {
    const client = new Client(url);
    await client.connect();
    await client.query('BEGIN; SELECT * FROM message_head FOR UPDATE');
    return () => client.end();
  }
  const database = new Database(pathOf(url));
  database.exec('BEGIN IMMEDIATE');
  return () => {
    database.exec('ROLLBACK');
    database.close();
    return Promise.resolve();
  };
}

/** Blocks reads of the newest id on PostgreSQL; the returned function commits the statements and unblocks. */
export async function holdReads(url: string, statements: string): Promise<() => Promise<void>> {
  const client = new Client(url);
  await client.connect();
  await client.query(`BEGIN; ${statements}; LOCK TABLE message_head IN ACCESS EXCLUSIVE MODE`);
  return async () => {
    await client.query('COMMIT');
    await client.end();
  };
}

export async function onPostgres<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client(url);
  await client.connect();
  // Sums and ids as numbers, like on SQLite.
  client.setTypeParser(types.builtins.INT8, Number);
  client.setTypeParser(types.builtins.NUMERIC, Number);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A role that may only connect. */
export const STRANGER = `chat_test_${randomBytes(6).toString('hex')}`;
let isStrangerKnown = false;

export async function makeStranger(): Promise<void> {
  if (!isStrangerKnown) await execute(serverUrl!, `CREATE ROLE ${STRANGER}`);
  isStrangerKnown = true;
}

/** A connection as {@link STRANGER}. */
export async function connectAsStranger(url: string): Promise<Client> {
  await makeStranger();
  const client = new Client(url);
  await client.connect();
  await client.query(`SET SESSION AUTHORIZATION ${STRANGER}`);
  return client;
}

const folders: string[] = [];
/** Databases with the test that uses them; undefined: used by the whole file. */
const databases: { name: string; test: string | undefined }[] = [];

/** A new folder, removed after this test file. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chat-test-'));
  folders.push(folder);
  return folder;
}

function pathOf(url: string): string {
  return url.slice('sqlite:'.length);
}

afterAll(async () => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  for (const { name } of databases.splice(0)) await execute(serverUrl!, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  if (isStrangerKnown) await execute(serverUrl!, `DROP ROLE ${STRANGER}`);
});
