import type { RedisServer } from '../proof/cluster/redis-server';
import { MessageLog } from '../src/messages/log/message-log';
import { append } from './support/append';
import { ChatClient } from './support/chat-client';
import { newDatabase, onPostgres } from './support/database';
import { moderate, MODERATOR_TOKEN, userPath } from './support/moderator';
import { canStartRedis, startRedis } from './support/redis';
import { startServer, type TestServer } from './support/server';
import { describeWhere } from './support/suites';

jest.setTimeout(60_000);

let servers: TestServer[];

async function startTwo(environment: Record<string, string> = {}): Promise<TestServer[]> {
  const settings = { DATABASE_URL: await newDatabase(), MODERATOR_TOKEN, ...environment };
  servers = [await startServer(settings), await startServer(settings)];
  return servers;
}

afterEach(() => Promise.all(servers.map((server) => server.stop())));

/** Duration of the work in milliseconds. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

const act = (server: TestServer, username: string, what: string) => moderate(server, 'POST', userPath(username, what));

/** Sends messages until one is refused; resolves with the number of those stored. */
async function writeUntilRefused(client: ChatClient, username: string): Promise<number> {
  for (let count = 0; ; count++) {
    client.sendV2Message(`${username} ${count}`, 'x', username);
    for (let answer = await client.next(); answer.type !== 'ack'; answer = await client.next()) {
      if (answer.type === 'error') return count;
    }
  }
}

async function actsEverywhereInTime(): Promise<void> {
  const [here, there] = servers as [TestServer, TestServer];
  const [max] = await ChatClient.hello(there, { username: 'max' });
  const [eva] = await ChatClient.hello(there, { username: 'eva' });
  const [tom] = await ChatClient.hello(there, { username: 'tom' });
  const banning = await timeOf(async () => {
    await act(here, 'max', 'ban');
    expect(await max.closed).toMatchObject({ code: 4403 });
  });
  const disconnecting = await timeOf(async () => {
    await act(here, 'tom', 'disconnect');
    expect(await tom.closed).toMatchObject({ code: 1012 });
  });
  const muting = await timeOf(async () => {
    await act(here, 'eva', 'mute');
    await writeUntilRefused(eva, 'eva');
  });
  for (const took of [banning, disconnecting, muting]) expect(took).toBeLessThan(2_000);
  for (const server of servers) {
    const again = await ChatClient.openV2(server);
    again.send({ type: 'hello', username: 'max' });
    expect(await again.closed).toMatchObject({ code: 4403 });
  }
  // An action acts once: after a reconnect, the next reading of the log does not repeat it.
  const [back] = await ChatClient.hello(there, { username: 'tom' });
  await act(here, 'eva', 'disconnect');
  expect((await eva.closed).code).toBe(1012);
  back.sendV2Message('a', 'x');
  expect(await back.nextOf('ack')).toMatchObject({ client_id: 'a' });
}

it('[O13] moderation acts on every replica within two seconds', async () => {
  await startTwo();
  await actsEverywhereInTime();
});

describeWhere(canStartRedis, 'redis-server')('without the bus', () => {
  let redis: RedisServer;

  it('[O13] moderation acts on every replica within two seconds while the bus is lost', async () => {
    redis = await startRedis();
    await startTwo({ REDIS_URL: redis.url, LOG_LEVEL: 'error' });
    await redis.stop();
    await actsEverywhereInTime();
  });
});

it('[O13] what is known stays in force while the database does not answer for it', async () => {
  const [here, there] = (await startTwo()) as [TestServer, TestServer];
  const [client] = await ChatClient.hello(there);
  await act(here, 'max', 'mute');
  await writeUntilRefused(client, 'max');
  await onPostgres(here.database, async (blocker) => {
    await blocker.query('BEGIN; LOCK TABLE sanctions, moderation_log IN ACCESS EXCLUSIVE MODE');
    expect((await act(here, 'eva', 'mute')).status).toBe(503);
    expect(await writeUntilRefused(client, 'max')).toBe(0);
    client.sendV2Message('a', 'x', 'eva');
    await client.nextOf('ack');
    await blocker.query('ROLLBACK');
  });
  await act(here, 'eva', 'mute');
  await writeUntilRefused(client, 'eva');
});

it('[O12] slow mode counts messages that other replicas have stored', async () => {
  const [here, there] = (await startTwo({ SLOW_MODE_SECONDS: '60' })) as [TestServer, TestServer];
  const [client] = await ChatClient.hello(there);
  await append(here.app.get(MessageLog), 'max', 'x');
  await client.nextOf('chat_message');
  client.sendV2Message('a', 'x', 'max');
  expect(await client.nextOf('error')).toMatchObject({ code: 'RATE_LIMITED' });
});
