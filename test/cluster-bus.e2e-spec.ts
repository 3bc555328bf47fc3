import { Clock } from '../src/platform/lifecycle/clock';
import { randomBytes, randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { createClient } from '@redis/client';
import { Client } from 'pg';
import type { ClusterBus } from '../src/cluster/cluster-bus';
import { createBus } from '../src/cluster/create-bus';
import { TransportBus } from '../src/cluster/transport-bus';
import { chatIdentity } from '../src/cluster/chat-identity';
import { RedisTransport } from '../src/cluster/transports/redis-transport';
import { Settings } from '../src/settings/settings';
import { createStorage } from '../src/storage/create-storage';
import { Metrics } from '../src/platform/metrics/metrics';
import type { RedisServer } from '../proof/cluster/redis-server';
import { canStartRedis, cutOffBus, hasRedis, REDIS_URL, startRedis } from './support/redis';
import { connectAsStranger, newChatDatabase } from './support/database';
import { describeWhere } from './support/suites';
import { until } from './support/until';

// Giving up a frozen server takes seconds.
jest.setTimeout(60_000);

const TOPIC = 'test';

interface Heard {
  readonly payload: unknown;
  readonly from: string | undefined;
}

/** One replica's bus, and the payloads it received. */
class Replica {
  readonly heard: Heard[] = [];
  returns = 0;
  meetings = 0;

  constructor(
    readonly bus: ClusterBus,
    readonly metrics: Metrics,
  ) {
    bus.subscribe(TOPIC, (payload, from) => void this.heard.push({ payload, from }));
    bus.onReturn(() => this.returns++);
    bus.onMeeting(() => this.meetings++);
  }

  get id(): string {
    return this.bus.replicaId;
  }

  async hears(count: number): Promise<unknown[]> {
    await until(() => Promise.resolve(this.heard.length >= count));
    return this.heard.map(({ payload }) => payload);
  }

  async messages(direction: 'sent' | 'received' | 'dropped' | 'refused' | 'unmet'): Promise<number> {
    const { values } = await this.metrics.busMessages.get();
    return values.find(({ labels }) => labels.direction === direction)?.value ?? 0;
  }

  async losses(): Promise<number> {
    return (await this.metrics.busLosses.get()).values[0]!.value;
  }
}

async function connectToRedis() {
  const client = createClient({ url: REDIS_URL, RESP: 3 });
  await client.connect();
  return client;
}

const replicas: Replica[] = [];

/** Starts a replica; resolves when it and all `others` have met, so that payloads reach each of them. */
async function join(settings: Partial<Settings>, others: readonly Replica[] = []): Promise<Replica> {
  const metrics = new Metrics();
  const all = { ...new Settings(), ...settings };
  const bus = await createBus(all, createStorage(all), metrics, new Clock());
  const replica = new Replica(bus, metrics);
  replicas.push(replica);
  const met = others.map(({ meetings }) => meetings + 1);
  if (bus instanceof TransportBus) await bus.onModuleInit();
  if (!bus.isConnected) return replica;
  await until(() => replica.meetings >= others.length && others.every(({ meetings }, i) => meetings >= met[i]!));
  return replica;
}

/** The replicas of one chat. */
function chatOf(settings: () => Partial<Settings>): () => Promise<Replica> {
  const members: Replica[] = [];
  return async () => {
    const present = members.filter((member) => replicas.includes(member));
    const replica = await join(settings(), present);
    members.push(replica);
    return replica;
  };
}

afterEach(async () => {
  for (const { bus } of replicas.splice(0)) if (bus instanceof TransportBus) await bus.onApplicationShutdown();
});
beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('the bus of one process', () => {
  it('[B1] delivers by a direct call', async () => {
    const { bus, heard } = await join({});
    const payload = { text: 'Hallo' };
    bus.publish(TOPIC, payload);
    expect(heard).toEqual([{ payload, from: undefined }]);
    expect(heard[0]!.payload).toBe(payload);
    expect(bus).toMatchObject({ kind: 'memory', isShared: false, isConnected: true });
  });
});

/** Rules common to all transports. */
function sharedBus(kind: string, enter: () => Promise<Replica>, enterAnother: () => Promise<Replica>): void {
  it('[B1] reaches the publishing replica by a direct call, once', async () => {
    const [a, b] = [await enter(), await enter()];
    const payload = { text: 'Hallo' };
    a.bus.publish(TOPIC, payload);
    expect(a.heard).toEqual([{ payload, from: undefined }]);
    expect(a.heard[0]!.payload).toBe(payload);
    b.bus.publish(TOPIC, 'Ende');
    expect(await a.hears(2)).toEqual([payload, 'Ende']);
  });

  it('[B1] sends nothing after a long silence of all other replicas', async () => {
    const [a, b] = [await enter(), await enter()];
    const clock = jest.spyOn(Clock.prototype, 'monotonic').mockReturnValue(performance.now() + 20_000);
    a.bus.publish(TOPIC, 'allein');
    clock.mockRestore();
    a.bus.publish(TOPIC, 'nicht mehr');
    expect(await b.hears(1)).toEqual(['nicht mehr']);
    expect(a.heard).toHaveLength(2);
  });

  it('[B2] reaches every other replica once, unchanged, in the order sent', async () => {
    const [a, b, c] = [await enter(), await enter(), await enter()];
    const payloads = Array.from({ length: 300 }, (_, i) => ({
      i,
      text: '\0"\\äß€😀 '.repeat(i),
      list: [null, true, 0.5],
    }));
    const [sent, received] = [await a.messages('sent'), await b.messages('received')];
    for (const payload of payloads) a.bus.publish(TOPIC, payload);
    a.bus.publish('another', 'x');
    for (let i = 0; i < 3; i++) a.bus.publish(TOPIC, 'dasselbe');
    for (const { heard, hears } of [b, c].map((replica) => ({ heard: replica.heard, hears: replica.hears(303) }))) {
      expect(await hears).toEqual([...payloads, 'dasselbe', 'dasselbe', 'dasselbe']);
      expect(new Set(heard.map(({ from }) => from))).toEqual(new Set([a.id]));
    }
    expect(a.bus).toMatchObject({ kind, isShared: true, isConnected: true });
    // Other replicas may receive it before the server answers the sender; introductions count, too.
    await until(async () => (await a.messages('sent')) >= sent + 304);
    expect([await a.messages('refused'), await a.messages('dropped')]).toEqual([0, 0]);
    expect(await b.messages('received')).toBeGreaterThanOrEqual(received + 304);
  });

  it('[B3] carries only the topic of a payload that is too large', async () => {
    const [a, b] = [await enter(), await enter()];
    const large = 'x'.repeat(200_000);
    a.bus.publish(TOPIC, large);
    a.bus.publish(TOPIC, large + large);
    a.bus.publish(TOPIC, 'Ende');
    expect(await b.hears(3)).toEqual([large, undefined, 'Ende']);
  });

  it('[B7] does not reach another chat on the same server', async () => {
    const [a, b, other] = [await enter(), await enter(), await enterAnother()];
    a.bus.publish(TOPIC, 'x');
    expect(await b.hears(1)).toEqual(['x']);
    const neighbour = await enterAnother();
    neighbour.bus.publish(TOPIC, 'Ende');
    expect(await other.hears(1)).toEqual(['Ende']);
    expect(b.heard).toHaveLength(1);
  });
}

/** Loses the bus on both replicas and restores it. */
async function losesAndReturns(a: Replica, b: Replica, lose: () => Promise<void>, restore: () => Promise<void>) {
  await lose();
  await until(async () => (await a.losses()) === 1 && (await b.losses()) === 1);
  a.bus.publish(TOPIC, 'verloren');
  await restore();
  await until(() => a.returns === 1 && b.returns === 1);
  expect([a.bus.isConnected, b.bus.isConnected]).toEqual([true, true]);
  // The replicas may have to meet first.
  await until(() => {
    a.bus.publish(TOPIC, 'wieder da');
    return b.heard.at(-1)?.payload === 'wieder da';
  });
}

/** Writes to the transport's channel without the chat's secret. */
type Inject = (text: string) => Promise<unknown>;

/** Frames not from this chat. @param recorded a genuine frame that was already delivered */
function forgeries(recorded: string, from: string): string[] {
  const payload = JSON.stringify([from, 1e9, TOPIC, 'geheim']);
  const [seal, text] = [recorded.slice(0, 22), recorded.slice(22)];
  return [
    ...['', 'x', '{"geheim"', '["a"]', 'null', payload, `["a","${TOPIC}","geheim"]`],
    // Altered, truncated, signed with another key, unsigned.
    ...[seal + text.replace('wahr', 'Wahr'), recorded.slice(0, -1), seal + payload, ' '.repeat(22) + text, seal],
    randomBytes(16).toString('base64url') + payload,
    recorded,
  ];
}

/** Refusals common to all transports. */
function guardedBus(
  enter: () => Promise<Replica>,
  intrude: () => Promise<{ inject: Inject; recorded: string[] }>,
): void {
  it('[B6] [B8] counts and drops unsigned, forged, altered and repeated frames', async () => {
    const [a, b] = [await enter(), await enter()];
    const { inject, recorded } = await intrude();
    a.bus.publish(TOPIC, 'wahr');
    await b.hears(1);
    await until(() => recorded.some((frame) => frame.includes('wahr')));
    const [refused, forged] = [await b.messages('refused'), forgeries(recorded.at(-1)!, a.id)];
    for (const text of forged) {
      await inject(text);
      a.bus.publish(TOPIC, text);
    }
    expect(await b.hears(1 + forged.length)).toEqual(['wahr', ...forged]);
    await until(async () => (await b.messages('refused')) === refused + forged.length);
    expect((await b.metrics.faults.get()).values).toEqual([]);
  });

  it('[B8] refuses recorded frames on a replica that starts later', async () => {
    const [a, b] = [await enter(), await enter()];
    const { inject, recorded } = await intrude();
    for (let i = 0; i < 20; i++) a.bus.publish(TOPIC, i);
    await b.hears(20);
    await until(() => recorded.length >= 20);
    await (a.bus as TransportBus).onApplicationShutdown();
    replicas.splice(replicas.indexOf(a), 1);
    const late = await enter();
    for (const frame of [...recorded]) await inject(frame);
    b.bus.publish(TOPIC, 'Ende');
    expect(await late.hears(1)).toEqual(['Ende']);
    expect(await late.messages('unmet')).toBeGreaterThanOrEqual(20);
  });
}

describe('the bus over PostgreSQL', () => {
  let database: string;
  let another: string;
  const intruders: Client[] = [];
  beforeAll(async () => ([database, another] = [await newChatDatabase(), await newChatDatabase()]));
  afterEach(() => Promise.all(intruders.splice(0).map((client) => client.end())));
  const enter = chatOf(() => ({ DATABASE_URL: database }));

  sharedBus(
    'postgres',
    enter,
    chatOf(() => ({ DATABASE_URL: another })),
  );

  /** Even a role without any privilege may write to the channel and listen to it. */
  const intrude = async () => {
    const client = await connectAsStranger(database);
    intruders.push(client);
    const recorded: string[] = [];
    client.on('notification', ({ payload }) => void recorded.push(/^\d+ 0\/1 (.*)$/.exec(payload!)?.[1] ?? payload!));
    await client.query('LISTEN chat_bus_2');
    let count = 0;
    const inject = (text: string) => client.query('SELECT pg_notify($1, $2)', ['chat_bus_2', `${count++} 0/1 ${text}`]);
    return { inject, recorded };
  };
  guardedBus(enter, intrude);

  it('[B8] chunks from strangers delay no frame, and a bounded number is collected', async () => {
    const [a, b] = [await enter(), await enter()];
    const intruder = await connectAsStranger(database);
    intruders.push(intruder);
    let isDone = false;
    const flood = async () => {
      for (let i = 0; !isDone; i++) {
        const chunks = [`${i} 0/9 x`, `${i} 1/9 x`, `${i} 99/100 x`, `${i} 0/100000 x`, 'x'];
        for (const chunk of chunks) await intruder.query('SELECT pg_notify($1, $2)', ['chat_bus_2', chunk]);
      }
    };
    const flooding = flood();
    const sent = Array.from({ length: 100 }, (_, i) => `${i}`.padStart(50_000, '-'));
    for (const payload of sent) {
      a.bus.publish(TOPIC, payload);
      await new Promise(setImmediate);
    }
    expect(await b.hears(sent.length)).toEqual(sent);
    isDone = true;
    await flooding;
    expect(await b.messages('refused')).toBeGreaterThan(0);
  });

  it('[B8] replicas with different CLUSTER_SECRETs do not hear each other', async () => {
    const with1 = chatOf(() => ({ DATABASE_URL: database, CLUSTER_SECRET: '1'.repeat(32) }));
    const [a, b] = [await with1(), await with1()];
    const other = await join({ DATABASE_URL: database, CLUSTER_SECRET: '2'.repeat(32) });
    other.bus.publish(TOPIC, 'fremd');
    await until(async () => (await b.messages('refused')) >= 2);
    a.bus.publish(TOPIC, 'Ende');
    expect(await b.hears(1)).toEqual(['Ende']);
    expect(other.heard).toHaveLength(1);
  });

  it('[B4] reconnects by itself after its connections were closed', async () => {
    const [a, b] = [await enter(), await enter()];
    await losesAndReturns(
      a,
      b,
      () => cutOffBus(database),
      () => Promise.resolve(),
    );
  });
});

describeWhere(hasRedis, 'Redis')('the bus over Redis', () => {
  let database: string;
  let another: string;
  const intruders: Awaited<ReturnType<typeof connectToRedis>>[] = [];
  beforeAll(async () => ([database, another] = [await newChatDatabase(), await newChatDatabase()]));
  afterEach(() => {
    for (const client of intruders.splice(0)) client.destroy();
  });
  const enter = chatOf(() => ({ DATABASE_URL: database, REDIS_URL }));

  sharedBus(
    'redis',
    enter,
    chatOf(() => ({ DATABASE_URL: another, REDIS_URL })),
  );
  guardedBus(enter, async () => {
    const client = await connectToRedis();
    intruders.push(client);
    const identity = await chatIdentity({ ...new Settings(), DATABASE_URL: database });
    const channel = `chat_bus_2:${identity.database}`;
    const recorded: string[] = [];
    await client.subscribe(channel, (frame) => void recorded.push(frame));
    return { inject: (text: string) => client.publish(channel, text), recorded };
  });

  it('[B2] a transport closed while opening does not stay subscribed', async () => {
    const chat = randomUUID();
    const client = createClient({ url: REDIS_URL });
    await client.connect();
    for (let turns = 0; turns < 30; turns++) {
      const transport = new RedisTransport(REDIS_URL, chat);
      const opening = transport.open({ onFrame: () => undefined, onLost: () => undefined });
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      transport.close();
      await Promise.allSettled([opening]);
    }
    const channel = `chat_bus_2:${chat}`;
    await until(async () => (await client.pubSubNumSub(channel))[channel] === 0);
    await client.close();
  });
});

describeWhere(canStartRedis, 'redis-server')('the bus over a Redis that fails', () => {
  let database: string;
  let redis: RedisServer;
  beforeAll(async () => ([database, redis] = [await newChatDatabase(), await startRedis()]));
  afterAll(() => redis.stop());
  const enter = chatOf(() => ({ DATABASE_URL: database, REDIS_URL: redis.url }));

  it('[B4] reconnects by itself after a restart of Redis', async () => {
    const [a, b] = [await enter(), await enter()];
    await losesAndReturns(
      a,
      b,
      () => redis.stop(),
      () => redis.start(),
    );
    expect(await a.messages('dropped')).toBe(1);
  });

  it('[B4] connects by itself when Redis starts after the server', async () => {
    await redis.stop();
    const [a, b] = [await enter(), await enter()];
    expect(a.bus.isConnected).toBe(false);
    await losesAndReturns(
      a,
      b,
      () => Promise.resolve(),
      () => redis.start(),
    );
  });

  it('[B5] gives up a frozen server within seconds, with a bounded backlog', async () => {
    const [a, b] = [await enter(), await enter()];
    await losesAndReturns(
      a,
      b,
      () => {
        redis.freeze();
        const large = 'x'.repeat(200_000);
        for (let i = 0; i < 1000; i++) a.bus.publish(TOPIC, large);
        return Promise.resolve();
      },
      () => {
        redis.thaw();
        return Promise.resolve();
      },
    );
    expect(await a.messages('dropped')).toBeGreaterThan(900);
  });
});
