import { Clock } from '../src/platform/lifecycle/clock';
import { ChatClient, type Frame } from './support/chat-client';
import { http } from './support/http';
import { startServer, type TestServer } from './support/server';
import { ServerProcess } from './support/server-process';
import type { RedisServer } from '../proof/cluster/redis-server';
import { canStartRedis, cutOffBus, startRedis } from './support/redis';
import { newDatabase } from './support/database';
import { describeWhere } from './support/suites';
import { until } from './support/until';

// Users of a killed replica leave within 15 seconds.
jest.setTimeout(60_000);

let database: string;
let redis: RedisServer | undefined;
let environment: Record<string, string>;
const servers: TestServer[] = [];

async function start(): Promise<TestServer> {
  const server = await startServer({ ...environment, LOG_LEVEL: 'error' });
  servers.push(server);
  return server;
}

async function setUp(withRedis: boolean): Promise<void> {
  database = await newDatabase();
  redis = withRedis ? await startRedis() : undefined;
  environment = { DATABASE_URL: database, ...(redis && { REDIS_URL: redis.url }) };
}

async function tearDown(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await redis?.stop();
}

/** A v2 client without a name that receives every join and leave. */
async function watcher(server: { port: number }): Promise<ChatClient> {
  const [client] = await ChatClient.hello(server);
  return client;
}

async function enter(server: { port: number }, username: string): Promise<ChatClient> {
  const [client] = await ChatClient.hello(server, { username });
  return client;
}

/** Frames of these types received so far and not yet read, as `type name`. */
function receivedOf(client: ChatClient, ...types: string[]): string[] {
  return client.received
    .filter(({ type }) => types.includes(type))
    .map(({ type, username }) => `${type} ${String(username)}`);
}

/**
 * Presence frames that the clients received before a new message from this server. The message overtakes no earlier
 * broadcast. The writer stays connected: its leave would show up in later calls.
 */
async function mark(from: { port: number }, ...clients: ChatClient[]): Promise<Frame[][]> {
  const writer = await ChatClient.open(from);
  const text = `mark ${++marks}`;
  writer.sendMessage('marker', text);
  const heard = await Promise.all(
    clients.map(async (client) => {
      const frames: Frame[] = [];
      for (;;) {
        const frame = await client.next();
        if (frame.message === text) return frames;
        if (frame.username !== 'marker' && frame.type !== 'chat_message') frames.push(frame);
      }
    }),
  );
  return heard;
}
let marks = 0;

const names = (frames: Frame[]) => frames.map(({ type, username }) => `${type} ${String(username)}`);

function replicatedPresence(): void {
  it('[C7] users of all replicas are listed and counted; each joins once and leaves once', async () => {
    const [a, b] = [await start(), await start()];
    const [onA, onB] = [await watcher(a), await watcher(b)];
    const max = await enter(a, 'max');
    expect((await onA.nextOf('user_joined')).username).toBe('max');
    expect((await onB.nextOf('user_joined')).username).toBe('max');
    const maxAgain = await enter(b, 'max');
    const eva = await enter(b, 'eva');
    expect((await onA.nextOf('user_joined')).username).toBe('eva');
    const [late, welcome] = await ChatClient.hello(a, { username: 'late' });
    expect(welcome).toMatchObject({ users: ['eva', 'late', 'max'], user_count: 3 });
    await max.close();
    await eva.close();
    for (const client of [onA, onB]) expect((await client.nextOf('user_left')).username).toBe('eva');
    await maxAgain.close();
    for (const client of [onA, onB]) expect((await client.nextOf('user_left')).username).toBe('max');
    await late.close();
    for (const client of [onA, onB]) expect((await client.nextOf('user_left')).username).toBe('late');
    for (const client of [onA, onB]) expect(receivedOf(client, 'user_joined', 'user_left')).toEqual([]);
  });

  it('[V22] a user who reconnects to another replica at once has neither left nor joined', async () => {
    const [a, b] = [await start(), await start()];
    const [onA, onB] = [await watcher(a), await watcher(b)];
    const before = await enter(a, 'max');
    for (const client of [onA, onB]) expect((await client.nextOf('user_joined')).username).toBe('max');
    await before.close();
    const after = await enter(b, 'max');
    for (const server of [a, b]) {
      for (const heard of await mark(server, onA, onB)) expect(names(heard)).toEqual([]);
    }
    await after.close();
    for (const client of [onA, onB]) expect((await client.nextOf('user_left')).username).toBe('max');
  });

  it('[C8] a user who appears with a message has joined before it, on every replica', async () => {
    const [a, b] = [await start(), await start()];
    const [reader, v1] = [await watcher(b), await ChatClient.open(b)];
    const writer = await ChatClient.open(a);
    for (let i = 0; i < 20; i++) {
      writer.sendMessage(`user${i}`, 'Hallo');
      for (const client of [reader, v1]) {
        expect(await client.next()).toMatchObject({ type: 'user_joined', username: `user${i}` });
        expect(await client.next()).toMatchObject({ type: 'chat_message', username: `user${i}` });
      }
    }
  });

  it('[C9] typing reaches the other replicas, at most once a second per user, and never its sender', async () => {
    const [a, b] = [await start(), await start()];
    for (const { app } of [a, b]) jest.spyOn(app.get(Clock), 'monotonic').mockReturnValue(10_000);
    const [max, other] = [await enter(a, 'max'), await watcher(b)];
    for (let i = 0; i < 5; i++) max.send({ type: 'typing' });
    expect((await other.nextOf('typing')).username).toBe('max');
    const maxOnB = await enter(b, 'max');
    for (let i = 0; i < 5; i++) maxOnB.send({ type: 'typing' });
    const [heard] = await mark(b, other, max);
    expect(names(heard!)).toEqual([]);
    expect(receivedOf(max, 'typing')).toEqual([]);
  });

  it('[C10] /status counts the connections of all replicas, and /metrics the replicas', async () => {
    const [a, b] = [await start(), await start()];
    const clients = [await ChatClient.open(a), await ChatClient.open(b), await ChatClient.open(b)];
    const counts = (server: TestServer, count: number) =>
      until(async () => {
        const { body } = await http(`${server.url}/status`);
        return (body as { websocket: { active_connections: number } }).websocket.active_connections === count;
      });
    await Promise.all([counts(a, 3), counts(b, 3)]);
    expect((await http(`${a.url}/metrics`)).text).toMatch(/^chat_replicas 2$/m);
    await clients[2]!.close();
    await Promise.all([counts(a, 2), counts(b, 2)]);
    await b.stop();
    await counts(a, 1);
    expect((await http(`${a.url}/metrics`)).text).toMatch(/^chat_replicas 1$/m);
  });

  it('[C11] users of a stopped replica leave with it, those of a killed one within 15 s, once', async () => {
    const a = await start();
    const [stopped, killed] = await Promise.all([ServerProcess.start(environment), ServerProcess.start(environment)]);
    const onA = await watcher(a);
    await enter(a, 'both');
    await enter(stopped, 'max');
    await enter(killed, 'both');
    await enter(killed, 'eva');
    await enter(killed, 'jan');
    await until(async () => (await ChatClient.hello(a))[1].user_count === 4);
    await stopped.stop();
    expect((await onA.nextOf('user_left')).username).toBe('max');
    await killed.stop('SIGKILL');
    const left = [await onA.nextOf('user_left'), await onA.nextOf('user_left')].map(({ username }) => username);
    expect(left.sort()).toEqual(['eva', 'jan']);
    const [heard] = await mark(a, onA);
    expect(names(heard!)).toEqual([]);
  });

  it('[C12] when the bus returns, readers receive exactly the joins and leaves they missed', async () => {
    const [a, b] = [await start(), await start()];
    const [stays, leaves] = [await enter(b, 'stays'), await enter(b, 'leaves')];
    const onA = await watcher(a);
    await mark(b, onA);
    if (redis) await redis.stop();
    else await cutOffBus(database);
    await leaves.close();
    const comes = await enter(b, 'comes');
    if (redis) await redis.start();
    const missed = [await onA.next(), await onA.next()];
    expect(names(missed).sort()).toEqual(['user_joined comes', 'user_left leaves']);
    const [heard] = await mark(b, onA);
    expect(names(heard!)).toEqual([]);
    await Promise.all([stays.close(), comes.close()]);
  });
}

describe('presence over PostgreSQL', () => {
  beforeEach(() => setUp(false));
  afterEach(tearDown);
  replicatedPresence();
});

describeWhere(canStartRedis, 'redis-server')('presence over PostgreSQL and Redis', () => {
  beforeEach(() => setUp(true));
  afterEach(tearDown);
  replicatedPresence();
});
