import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { readSettings } from '../src/config/load-settings';
import { createDataSource } from '../src/database/database.options';
import { isDatabaseOutage } from '../src/database/outage';
import { readingPoolOptions } from '../src/database/postgres.options';
import { WriteRefused } from '../src/messages/message-writer';
import { PostgresWriter } from '../src/messages/postgres-writer';
import { ServerProcess } from './support/server-process';

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

describe.each([
  ['N', 'The server does not support SSL connections'],
  ['E', 'There was an error establishing an SSL connection'],
])('a server that answers the wish for TLS with %s', (answer, words) => {
  let server: Server;
  let url: string;

  beforeEach(async () => {
    server = createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(answer)));
    url = `postgres://max:geheim@127.0.0.1:${await listen(server)}/chat?sslmode=no-verify`;
  });
  afterEach(() => server.close());

  it('[G5] refuses messages and probes with what it said', async () => {
    const writer = new PostgresWriter(readSettings({ DATABASE_URL: url }));
    const refusal = new WriteRefused('the connection failed', words);
    await expect(writer.append([{ username: 'max', message: 'x', createdAt: 1 }])).rejects.toThrow(refusal);
    await expect(writer.probe()).rejects.toThrow(WriteRefused);
    await writer.stop();
  });

  it('[E7] is an outage for who reads', async () => {
    const failed: unknown = await createDataSource(readingPoolOptions(url))
      .initialize()
      .catch((error: unknown) => error);
    expect(isDatabaseOutage(failed)).toBe(true);
  });

  it('[G7] ends a start with one line without the password', async () => {
    const replica = ServerProcess.spawn({ DATABASE_URL: url });
    expect(await replica.exited).toBe(1);
    await replica.closed;
    const address = url.replace(':geheim', '').replace(/\?.*/, '');
    expect(replica.lines).toEqual([
      `chat-system cannot start: cannot use the database ${address}: the connection failed (${words})`,
    ]);
  });
});
