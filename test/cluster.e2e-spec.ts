import { isDeepStrictEqual } from 'node:util';
import { createClient } from '@redis/client';
import { PRESENCE } from '../src/chat/presence/presence-messages';
import { chatIdentity } from '../src/cluster/chat-identity';
import { ClusterBus } from '../src/cluster/cluster-bus';
import { TransportBus } from '../src/cluster/transport-bus';
import { createBus } from '../src/cluster/create-bus';
import { Clock } from '../src/platform/lifecycle/clock';
import { readSettings } from '../src/settings/load-settings';
import { COMMITTED } from '../src/messages/feed/broadcast-batch';
import { createStorage } from '../src/storage/create-storage';
import type { StoredMessage } from '../src/storage/stored-message';
import { Metrics } from '../src/platform/metrics/metrics';
import { ChatClient, type Frame } from './support/chat-client';
import { http } from './support/http';
import { startServer, type TestServer } from './support/server';
import type { RedisServer } from '../proof/cluster/redis-server';
import { canStartRedis, cutOffBus, startRedis } from './support/redis';
import { connectAsStranger, END_CONNECTIONS, execute, holdReads, newDatabase } from './support/database';
import { describeWhere } from './support/suites';
import { until } from './support/until';

// Detecting a lost bus or a killed replica takes seconds.
jest.setTimeout(60_000);

let database: string;
let redis: RedisServer | undefined;
let environment: Record<string, string>;
const servers: TestServer[] = [];
const strangers: TransportBus[] = [];
const intruders: (() => Promise<unknown>)[] = [];

async function start(settings: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer({ ...environment, LOG_LEVEL: 'error', ...settings });
  servers.push(server);
  return server;
}

async function startThree(): Promise<TestServer[]> {
  return Promise.all([start(), start(), start()]);
}

async function setUp(withRedis: boolean): Promise<void> {
  database = await newDatabase();
  redis = withRedis ? await startRedis() : undefined;
  environment = { DATABASE_URL: database, ...(redis && { REDIS_URL: redis.url }) };
}

async function tearDown(): Promise<void> {
  await Promise.all(intruders.splice(0).map((leave) => leave()));
  await Promise.all(strangers.splice(0).map((bus) => bus.onApplicationShutdown()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await redis?.stop();
}

/** Joins the bus with the chat's secret, but not as a replica; resolves when all servers accept its frames. */
async function joinBus(): Promise<TransportBus> {
  const settings = readSettings(environment);
  const bus = (await createBus(settings, createStorage(settings), new Metrics(), new Clock())) as TransportBus;
  strangers.push(bus);
  const met = servers.map(({ app }) => new Promise<void>((resolve) => app.get(ClusterBus).onMeeting(resolve)));
  await bus.onModuleInit();
  await Promise.all(met);
  return bus;
}

/** Connects to the server that carries the bus, without the chat's secret. Returns how to write to its channel. */
async function intrude(): Promise<(text: string) => Promise<unknown>> {
  if (redis) {
    const client = createClient({ url: redis.url });
    await client.connect();
    intruders.push(() => client.close());
    const { database: name } = await chatIdentity(readSettings(environment));
    return (text) => client.publish(`chat_bus_2:${name}`, text);
  }
  const client = await connectAsStranger(database);
  intruders.push(() => client.end());
  return (text) => client.query('SELECT pg_notify($1, $2)', ['chat_bus_2', `1 0/1 ${text}`]);
}

/** The number of faults that a server has counted at this place. */
function faults(server: TestServer, where: 'bus' | 'feed'): Promise<number> {
  return counted(server, `chat_faults_total{where="${where}"}`);
}

async function counted(server: TestServer, name: string): Promise<number> {
  const { text } = await http(`${server.url}/metrics`);
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length) ?? 0,
  );
}

async function connectionsOf(server: TestServer): Promise<number> {
  const { body } = await http(`${server.url}/status`);
  return (body as { websocket: { active_connections: number } }).websocket.active_connections;
}

/** Ids of the chat messages received up to `last`, in order of arrival. */
async function idsUpTo(client: ChatClient, last: number): Promise<number[]> {
  const ids: number[] = [];
  while (ids.at(-1) !== last) ids.push((await client.nextOf('chat_message')).id as number);
  return ids;
}

/** SQL that stores messages like an append on another replica; without counters, which no feed reads. */
const storedElsewhere = (from: number, to: number) =>
  `INSERT INTO messages (id, username, message, created_at) SELECT id, 'eva', 'x', 0 FROM generate_series(${from}, ${to}) AS id;
   UPDATE message_head SET last_id = ${to}`;

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Rules common to all transports of the bus. */
function replicatedFeed(): void {
  it('[C1] every reader receives every message once, in order, from any replica; the ack comes first', async () => {
    const all = await startThree();
    const COUNT = 400;
    const readers = await Promise.all(all.map(async (server) => (await ChatClient.hello(server))[0]));
    const writers = await Promise.all(
      all.map(async (server, i) => (await ChatClient.hello(server, { username: `w${i}` }))[0]),
    );
    for (let i = 0; i < COUNT; i++) {
      for (const [w, writer] of writers.entries()) writer.sendV2Message(String(i), `${w}/${i}`);
      if (i % 20 === 0) await new Promise(setImmediate);
    }
    const last = writers.length * COUNT;
    for (const reader of readers) expect(await idsUpTo(reader, last)).toEqual(range(1, last));
    for (const [w, writer] of writers.entries()) {
      const acked = new Set<unknown>();
      for (let id = 0; id < last;) {
        const frame: Frame = await writer.next();
        if (frame.type === 'ack') acked.add(frame.id);
        if (frame.type !== 'chat_message') continue;
        expect(frame.id).toBe(++id);
        if (frame.username === `w${w}`) expect(acked).toContain(id);
      }
    }
    const { body } = await http(`${all[0]!.url}/api/messages/stats`);
    expect(body).toMatchObject({ total_messages: last });
  });

  it('[C2] repeated, lost, reordered and invented batches on the bus cost no reader a message', async () => {
    const [a, b] = [await start(), await start()];
    const [reader] = await ChatClient.hello(b);
    const [bus, stranger] = [a.app.get(ClusterBus), await joinBus()];
    const writer = await ChatClient.open(a);
    const past: StoredMessage[][] = [];
    bus.subscribe<StoredMessage[]>(COMMITTED, (batch) => void past.push(batch!));
    for (let i = 1; i <= 50; i++) {
      writer.sendMessage('max', String(i));
      await writer.nextOf('chat_message');
      // An old or out-of-order batch, and one whose payload was too large to carry.
      stranger.publish(COMMITTED, past[i % past.length]);
      stranger.publish(COMMITTED, undefined);
    }
    stranger.publish(COMMITTED, [{ id: 1000, username: 'nobody', message: 'never stored', createdAt: 0 }]);
    expect(await idsUpTo(reader, 50)).toEqual(range(1, 50));
    writer.sendMessage('max', '51');
    expect(await reader.nextOf('chat_message')).toMatchObject({ id: 51, message: '51' });
  });

  it('[B10] [B8] [C2] frames from strangers reach no client, change no count and stop no replica', async () => {
    const silenced = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const [a, b] = [await start(), await start()];
    const [reader] = await ChatClient.hello(b);
    const writer = await ChatClient.open(a);
    const inject = await intrude();
    const id = a.app.get(ClusterBus).replicaId;
    const forged = [
      [COMMITTED, [{ id: 1, username: 'nobody', message: 'never stored', createdAt: 0 }]],
      [COMMITTED, undefined],
      [PRESENCE, { kind: 'account', sequence: 0, part: 0, parts: 1, names: ['nobody'] }],
      [PRESENCE, { kind: 'change', sequence: 1, users: [['nobody', true]] }],
      [PRESENCE, { kind: 'beat', sequence: 1, connections: 1000 }],
      [PRESENCE, { kind: 'beat', sequence: 1, connections: '1000' }],
      [PRESENCE, { kind: 'bye' }],
      ['bus.introduction', { challenge: 'x', answers: [] }],
    ];
    for (let round = 0; round < 20; round++) {
      for (const from of [id, `${round}`]) {
        for (const [topic, payload] of forged) {
          const text = JSON.stringify([from, 1e6 + round, topic, payload]);
          // In the form of unsigned frames of older versions, and in the current one.
          await inject(JSON.stringify([from, topic, payload]));
          await inject(`${'A'.repeat(22)}${text}`);
        }
      }
      writer.sendMessage('max', String(round));
      expect(await reader.nextOf('chat_message')).toMatchObject({ id: round + 1, message: String(round) });
    }
    await until(async () => (await counted(b, 'chat_bus_messages_total{direction="refused"}')) >= 640);
    for (const server of [a, b]) await until(async () => (await connectionsOf(server)) === 2);
    expect(reader.received).toEqual([]);
    expect(await faults(b, 'feed')).toBe(0);
    silenced.mockRestore();
    // Noise does not count as a working bus: a lost batch is still read from the database within a second.
    const noise = setInterval(() => void inject('x').catch(() => undefined), 50);
    await execute(database, storedElsewhere(21, 21));
    expect(await reader.nextOf('chat_message')).toMatchObject({ id: 21, message: 'x' });
    clearInterval(noise);
    expect((await ChatClient.hello(a))[1]).toMatchObject({ users: ['max'], user_count: 1 });
  });

  it('[B9] malformed presence messages are counted and dropped', async () => {
    const silenced = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const [a, b] = [await start(), await start()];
    const [reader] = await ChatClient.hello(b);
    const stranger = await joinBus();
    const snapshot = { kind: 'account', sequence: 0, part: 0, parts: 1, names: [] as unknown[] };
    stranger.publish(PRESENCE, snapshot);
    stranger.publish(PRESENCE, { kind: 'beat', sequence: 0, connections: 5 });
    await until(async () => (await connectionsOf(b)) === 6);
    const malformed = [
      ...[undefined, null, 1, 'beat', [], {}, { kind: 'else' }, { kind: 1 }],
      ...[-1, 0.5, '7', null, 1e20, [7]].map((connections) => ({ kind: 'beat', sequence: 0, connections })),
      ...[-1, 0.5, '0', null, 1e20].map((sequence) => ({ kind: 'change', sequence, users: [] })),
      ...['', 'x'.repeat(51), '\ud800', 1, null].flatMap((name) => [
        { kind: 'change', sequence: 1, users: [[name, true]] },
        { ...snapshot, sequence: 1, names: [name] },
        { kind: 'typing', username: name },
      ]),
      ...[['max'], ['max', 1], 'max'].map((user) => ({ kind: 'change', sequence: 1, users: [user] })),
      { kind: 'change', sequence: 1, users: Array.from({ length: 501 }, (_, i) => [`u${i}`, true]) },
      ...[{ part: -1 }, { parts: 0 }, { parts: 1e9 }, { names: 'max' }].map((part) => ({
        ...snapshot,
        sequence: 1,
        ...part,
      })),
    ];
    for (const message of malformed) stranger.publish(PRESENCE, message);
    for (const server of [a, b]) await until(async () => (await faults(server, 'bus')) === malformed.length);
    stranger.publish(PRESENCE, { kind: 'change', sequence: 1, users: [['😀'.repeat(50), true]] });
    expect(await reader.next()).toMatchObject({ type: 'user_joined', username: '😀'.repeat(50) });
    expect(await connectionsOf(b)).toBe(6);
    silenced.mockRestore();
  });

  it('[B9] [C2] malformed batches are counted and dropped', async () => {
    const silenced = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const [a, b] = [await start(), await start()];
    const [reader] = await ChatClient.hello(b);
    const stranger = await joinBus();
    const valid = { id: 1, username: 'nobody', message: 'never stored', createdAt: 0 };
    const malformed = [
      ...['abc', 1, {}, [], [null], [{}], [{ id: 'x' }], [{ id: 1 }], [valid, valid], [valid, { ...valid, id: 3 }]],
      ...[0, -1, 0.5, '1', null, 1e20].map((id) => [{ ...valid, id }]),
      ...[
        { username: 1 },
        { username: '' },
        { username: 'x'.repeat(101) },
        { message: null },
        { message: '\ud800' },
      ].map((part) => [{ ...valid, ...part }]),
      ...[{ createdAt: '0' }, { createdAt: 1e18 }, { clientId: null }].map((part) => [{ ...valid, ...part }]),
    ];
    for (const payload of malformed) stranger.publish(COMMITTED, payload);
    for (const server of [a, b]) await until(async () => (await faults(server, 'bus')) === malformed.length);
    silenced.mockRestore();
    const writer = await ChatClient.open(a);
    writer.sendMessage('max', '1');
    expect(await reader.nextOf('chat_message')).toMatchObject({ id: 1, message: '1' });
    // A batch without a broadcast is still delivered.
    await execute(database, storedElsewhere(2, 2));
    expect(await reader.nextOf('chat_message')).toMatchObject({ id: 2, message: 'x' });
  });

  it('[C3] a reader resumes on another replica without gaps or repeats, even ahead of it', async () => {
    const all = await startThree();
    const writer = await ChatClient.open(all[0]!);
    const COUNT = 600;
    let written = 0;
    const write = () => {
      for (let i = 0; i < 3 && written < COUNT; i++) writer.sendMessage('max', String(++written));
      if (written < COUNT) setImmediate(write);
    };
    write();
    const seen: number[] = [];
    for (let turn = 0; seen.at(-1) !== COUNT; turn++) {
      const [reader] = await ChatClient.hello(all[turn % 3]!, { after: seen.at(-1) ?? 0 });
      for (let i = 0; i < 60 && seen.at(-1) !== COUNT; i++)
        seen.push((await reader.nextOf('chat_message')).id as number);
      reader.socket.terminate();
    }
    expect(seen).toEqual(range(1, COUNT));
  });

  it('[C3] a replica behind its new reader catches up before it answers', async () => {
    const server = await start();
    // Stored by another replica whose broadcast is lost.
    await execute(database, storedElsewhere(1, 3));
    const [reader, welcome] = await ChatClient.hello(server, { after: 3 });
    expect(welcome).toMatchObject({ type: 'welcome', last_id: 3 });
    expect(await reader.next()).toEqual({ type: 'replayed', last_id: 3 });
    reader.sendV2Message('a', 'danach', 'max');
    expect(await reader.nextOf('chat_message')).toMatchObject({ id: 4 });
  });

  it('[C3] while the database does not answer, a reader ahead of the replica waits', async () => {
    const server = await start();
    const release = await holdReads(database, storedElsewhere(1, 3));
    const reader = await ChatClient.openV2(server);
    reader.send({ type: 'hello', after: 3 });
    await until(async () => (await faults(server, 'feed')) > 0);
    expect(reader.received).toEqual([]);
    await release();
    expect(await reader.next()).toMatchObject({ type: 'welcome', last_id: 3 });
    expect(await reader.next()).toEqual({ type: 'replayed', last_id: 3 });
  });

  it('[C4] a repeat on another replica gets the original answer', async () => {
    const [a, b] = [await start(), await start()];
    const [[one], [two]] = [
      await ChatClient.hello(a, { username: 'max' }),
      await ChatClient.hello(b, { username: 'max' }),
    ];
    one.sendV2Message('x', 'Hallo');
    two.sendV2Message('x', 'Hallo');
    const [first, second] = [await one.nextOf('ack'), await two.nextOf('ack')];
    expect(second).toEqual(first);
    two.sendV2Message('y', 'Ende');
    await two.nextOf('ack');
    const [reader] = await ChatClient.hello(a, { after: 0 });
    expect((await reader.nextOf('chat_message')).message).toBe('Hallo');
    expect((await reader.nextOf('chat_message')).message).toBe('Ende');
  });

  it('[V19] a different text under the same client_id is refused on another replica', async () => {
    const [a, b] = [await start(), await start()];
    const [[one], [two]] = [
      await ChatClient.hello(a, { username: 'max' }),
      await ChatClient.hello(b, { username: 'max' }),
    ];
    one.sendV2Message('x', 'Hallo');
    await one.nextOf('ack');
    two.sendV2Message('x', 'Guten Tag');
    expect(await two.nextOf('error')).toMatchObject({ code: 'VALIDATION_ERROR', client_id: 'x' });
    for (let i = 0; i < 20; i++) {
      one.sendV2Message(`race ${i}`, 'von a');
      two.sendV2Message(`race ${i}`, 'von b');
    }
    const answers = [one, two].map(async (client) => {
      const acks: unknown[] = [];
      for (let answered = 0; answered < 20;) {
        const { type, client_id } = await client.next();
        if (type === 'ack' || type === 'error') answered++;
        if (type === 'ack') acks.push(client_id);
      }
      return acks;
    });
    // Exactly one of the two clients gets each ack.
    expect((await Promise.all(answers)).flat().sort()).toEqual(
      range(0, 19)
        .map((i) => `race ${i}`)
        .sort(),
    );
  });

  it('[C5] readers miss no message while the bus is lost, and readiness is degraded but 200', async () => {
    const [a, b] = [await start(), await start()];
    const [reader] = await ChatClient.hello(b);
    const writer = await ChatClient.open(a);
    writer.sendMessage('max', '1');
    expect(await idsUpTo(reader, 1)).toEqual([1]);
    await loseBus();
    for (let i = 2; i <= 100; i++) writer.sendMessage('max', String(i));
    expect(await idsUpTo(reader, 100)).toEqual(range(2, 100));
    if (redis) {
      expect(await http(`${b.url}/health/ready`)).toMatchObject({
        status: 200,
        body: {
          status: 'degraded',
          details: { cluster: { status: 'degraded', bus: 'redis', message: 'the bus is lost' } },
        },
      });
      await redis.start();
    }
    const cluster = { status: 'up', bus: redis ? 'redis' : 'postgres' };
    await until(async () => {
      const { body } = await http(`${b.url}/health/ready`);
      return isDeepStrictEqual((body as { details: { cluster: object } }).details.cluster, cluster);
    });
    writer.sendMessage('max', '101');
    expect(await idsUpTo(reader, 101)).toEqual([101]);
    const { text } = await http(`${b.url}/metrics`);
    expect(text).toMatch(/^chat_bus_losses_total [1-9]/m);
    expect(text).toMatch(/^chat_bus_connected 1$/m);
    expect(text).toMatch(/^chat_bus_messages_total\{direction="received"\} [1-9]/m);
  });

  it('[C6] when all database connections are closed, everything acknowledged reaches every reader', async () => {
    const [a, b] = [await start({ LOG_LEVEL: 'error' }), await start()];
    const [[one], [two], [reader]] = [
      await ChatClient.hello(a, { username: 'one' }),
      await ChatClient.hello(b, { username: 'two' }),
      await ChatClient.hello(b),
    ];
    const acked: unknown[] = [];
    for (let round = 0; round < 6; round++) {
      for (const [name, writer] of Object.entries({ one, two })) {
        for (let i = 0; i < 20; i++) writer.sendV2Message(`${round}/${i}`, `${name}/${round}/${i}`);
      }
      if (round % 2 === 0) await execute(database, END_CONNECTIONS);
      for (const writer of [one, two]) {
        for (let answers = 0; answers < 20;) {
          const frame = await writer.next();
          if (frame.type === 'ack') acked.push(frame.id);
          if (frame.type === 'ack' || frame.type === 'error') answers++;
        }
      }
    }
    expect(acked.length).toBeGreaterThan(0);
    const { body } = await http(`${a.url}/api/messages?limit=1`);
    const { total } = body as { total: number };
    expect(await idsUpTo(reader, total)).toEqual(range(1, total));
    expect(Math.max(...(acked as number[]))).toBeLessThanOrEqual(total);
  });

  async function loseBus(): Promise<void> {
    if (redis) await redis.stop();
    else await cutOffBus(database);
  }
}

describe('replicas over PostgreSQL', () => {
  beforeEach(() => setUp(false));
  afterEach(tearDown);
  replicatedFeed();
});

describeWhere(canStartRedis, 'redis-server')('replicas over PostgreSQL and Redis', () => {
  beforeEach(() => setUp(true));
  afterEach(tearDown);
  replicatedFeed();
});
