import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

const SERVER_URL = process.env.BENCH_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** A temporary database, dropped afterwards. Rejects when PostgreSQL does not answer. */
export async function withPostgresDatabase<T>(use: (url: string) => Promise<T>): Promise<T> {
  const name = `chat_bench_${randomBytes(6).toString('hex')}`;
  const server = new Client({ connectionString: SERVER_URL });
  await server.connect();
  try {
    await server.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
    return await use(String(Object.assign(new URL(SERVER_URL), { pathname: `/${name}` })));
  } finally {
    await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await server.end();
  }
}
