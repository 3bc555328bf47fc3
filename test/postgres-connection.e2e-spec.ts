import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { readSettings } from '../src/settings/load-settings';
import { createStorage } from '../src/storage/create-storage';
import { createPostgresDataSource, readingPoolOptions } from '../src/storage/postgres/options';
import { WriteRefused } from '../src/storage/message-writer';
import { PostgresWriter } from '../src/storage/postgres/writer';
import { newDatabase, rowsOf } from './support/database';
import { startServer } from './support/server';
import { ServerProcess } from './support/server-process';

// A start waits up to 30 s for the database.
jest.setTimeout(60_000);

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

describe.each([
  ['N', 'The server does not support SSL connections'],
  ['E', 'There was an error establishing an SSL connection'],
])('a server that answers the TLS request with %s', (answer, detail) => {
  let server: Server;
  let url: string;

  beforeEach(async () => {
    server = createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(answer)));
    url = `postgres://max:geheim@127.0.0.1:${await listen(server)}/chat?sslmode=no-verify`;
  });
  afterEach(() => server.close());

  it('[G5] refuses messages and probes with the detail', async () => {
    const writer = new PostgresWriter(readSettings({ DATABASE_URL: url }));
    const refusal = new WriteRefused('the connection failed', detail);
    await expect(writer.append([{ username: 'max', message: 'x', createdAt: 1 }])).rejects.toThrow(refusal);
    await expect(writer.probe()).rejects.toThrow(WriteRefused);
    await writer.stop();
  });

  it('[E7] is an outage for readers', async () => {
    const failed: unknown = await createPostgresDataSource(readingPoolOptions(url))
      .initialize()
      .catch((error: unknown) => error);
    expect(createStorage(readSettings({ DATABASE_URL: url })).isOutage(failed)).toBe(true);
  });

  it('[G7] ends a start with one line without the password', async () => {
    const replica = ServerProcess.spawn({ DATABASE_URL: url });
    expect(await replica.exited).toBe(1);
    await replica.closed;
    const address = url.replace(':geheim', '').replace(/\?.*/, '');
    expect(replica.lines).toEqual([
      `chat-system cannot start: cannot use the database ${address}: the connection failed (${detail})`,
    ]);
  });
});

/** Delays in ms, each below its own timeout, in sum above the timeout of an append. */
const SLOW_MS = [850, 980];

it('[G6] a connection that opens slowly never sends a refused batch', async () => {
  const database = await newDatabase();
  await (await startServer({ DATABASE_URL: database })).stop();
  const target = new URL(database);
  const requests: Buffer[] = [];
  const carried: Promise<void>[] = [];
  const slow = createServer((socket) => carried.push(carrySlowly(socket, target, requests)));
  const url = String(Object.assign(new URL(database), { host: `127.0.0.1:${await listen(slow)}` }));
  const writer = new PostgresWriter(readSettings({ DATABASE_URL: url }));
  await expect(writer.append([{ username: 'max', message: 'x', createdAt: 1 }])).rejects.toThrow(WriteRefused);
  await writer.stop();
  slow.close();
  await Promise.all(carried);
  expect(requests.filter((request) => request.includes('SELECT pg_temp.append_messages'))).toEqual([]);
  expect(await rowsOf(database, 'SELECT * FROM messages')).toEqual([]);
});

/** Forwards a connection to PostgreSQL, with a delay before each of its first requests. */
async function carrySlowly(client: Socket, { hostname, port }: URL, requests: Buffer[]): Promise<void> {
  const server = connect(Number(port || 5432), hostname);
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
  server.pipe(client);
  try {
    for await (const request of client as AsyncIterable<Buffer>) {
      await delay(SLOW_MS[requests.push(request) - 1] ?? 0);
      server.write(request);
    }
  } catch {
    // A closed connection is expected.
  }
  client.destroy();
  server.end();
  server.unref();
}
