import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Client } from 'pg';

/** Where the tests of the project `postgres` make their databases; undefined in the project `sqlite`. */
const serverUrl = (globalThis as { POSTGRES_URL?: string }).POSTGRES_URL;

export const isPostgres = serverUrl !== undefined;

type Row = Record<string, unknown>;

/** A database of a test's own, of the kind this run is about. It is empty: whoever starts first makes its tables. */
export async function newDatabase(): Promise<string> {
  return serverUrl === undefined ? `sqlite:${testFolder()}/chat.sqlite` : newPostgresDatabase(serverUrl);
}

/** The same on a given PostgreSQL server. */
export async function newPostgresDatabase(server: string): Promise<string> {
  const name = `chat_test_${randomBytes(6).toString('hex')}`;
  await onPostgres(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`));
  databases.push([server, name]);
  return String(Object.assign(new URL(server), { pathname: `/${name}` }));
}

/** What a statement finds, over a connection of its own. Placeholders are those of the database. */
export async function rowsOf(url: string, sql: string, parameters: unknown[] = []): Promise<Row[]> {
  if (url.startsWith('postgres')) return (await onPostgres(url, (client) => client.query<Row>(sql, parameters))).rows;
  const database = new Database(pathOf(url));
  const rows = database.prepare(sql).all(...parameters) as Row[];
  database.close();
  return rows;
}

/** Runs a statement that finds nothing. */
export async function execute(url: string, sql: string): Promise<void> {
  if (url.startsWith('postgres')) {
    await onPostgres(url, (client) => client.query(sql));
    return;
  }
  const database = new Database(pathOf(url));
  database.exec(sql);
  database.close();
}

/** How the database would go about a query on a large table. */
export async function planOf(url: string, query: string, parameters: unknown[]): Promise<string> {
  if (!url.startsWith('postgres')) {
    const steps = await rowsOf(url, `EXPLAIN QUERY PLAN ${query}`, parameters);
    return steps.map(({ detail }) => detail).join('; ');
  }
  const { rows } = await onPostgres(url, async (client) => {
    // It would rather read a small table as a whole, or sort the few rows of it.
    await client.query('SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off');
    return client.query<Row>(`EXPLAIN ${query}`, parameters);
  });
  return rows.map((row) => row['QUERY PLAN']).join('; ');
}

/** Keeps everyone else from writing, until the function it gives is called. */
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

export async function onPostgres<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client(url);
  await client.connect();
  // Sums and ids as numbers, as SQLite gives them.
  client.setTypeParser(20, Number);
  client.setTypeParser(1700, Number);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const folders: string[] = [];
const databases: [server: string, name: string][] = [];

/** A new folder of this test file's own, removed when the file is done. */
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
  for (const [server, name] of databases.splice(0)) {
    await onPostgres(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  }
});
