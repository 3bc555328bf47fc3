import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { createClient } from '@redis/client';
import { Client } from 'pg';
import type { ClusterBus } from '../src/cluster/cluster-bus';
import { makeBus } from '../src/cluster/make-bus';
import { LinkedBus } from '../src/cluster/linked-bus';
import { databaseIdentity } from '../src/cluster/database-identity';
import { RedisLink } from '../src/cluster/redis-link';
import { Settings } from '../src/config/settings';
import { Metrics } from '../src/metrics/metrics';
import type { RedisServer } from '../proof/cluster/redis-server';
import { canStartRedis, cutOffBus, hasRedis, REDIS_URL, startRedis } from './support/redis';
import { newDatabase } from './support/database';
import { describeWhere } from './support/suites';
import { until } from './support/until';

const TOPIC = 'test';

interface Heard {
  readonly payload: unknown;
  readonly from: string | undefined;
}

/** One replica's end of the bus, and what it heard. */
class Replica {
  readonly heard: Heard[] = [];
  returns = 0;

  constructor(
    readonly bus: ClusterBus,
    readonly metrics: Metrics,
  ) {
    bus.subscribe(TOPIC, (payload, from) => void this.heard.push({ payload, from }));
    bus.onReturn(() => this.returns++);
  }

  get id(): string {
    return this.bus.replicaId;
  }

  async hears(count: number): Promise<unknown[]> {
    await until(() => Promise.resolve(this.heard.length >= count));
    return this.heard.map(({ payload }) => payload);
  }

  async messages(direction: 'sent' | 'received' | 'dropped'): Promise<number> {
    const { values } = await this.metrics.busMessages.get();
    return values.find(({ labels }) => labels.direction === direction)?.value ?? 0;
  }

  async losses(): Promise<number> {
    return (await this.metrics.busLosses.get()).values[0]!.value;
  }
}

const replicas: Replica[] = [];

async function join(settings: Partial<Settings>): Promise<Replica> {
  const metrics = new Metrics();
  const bus = makeBus({ ...new Settings(), ...settings }, metrics);
  const replica = new Replica(bus, metrics);
  if (bus instanceof LinkedBus) await bus.onModuleInit();
  replicas.push(replica);
  return replica;
}

afterEach(async () => {
  for (const { bus } of replicas.splice(0)) if (bus instanceof LinkedBus) await bus.onApplicationShutdown();
});
beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('the bus of one process', () => {
  it('[B1] is a direct call', async () => {
    const { bus, heard } = await join({});
    const payload = { text: 'Hallo' };
    bus.publish(TOPIC, payload);
    expect(heard).toEqual([{ payload, from: undefined }]);
    expect(heard[0]!.payload).toBe(payload);
    expect(bus).toMatchObject({ kind: 'memory', isShared: false, isConnected: true });
  });
});

/** What is the same, whatever carries it. */
function sharedBus(kind: string, enter: () => Promise<Replica>, enterAnother: () => Promise<Replica>): void {
  it('[B1] reaches this replica by a direct call, and not a second time', async () => {
    const [a, b] = [await enter(), await enter()];
    const payload = { text: 'Hallo' };
    a.bus.publish(TOPIC, payload);
    expect(a.heard).toEqual([{ payload, from: undefined }]);
    expect(a.heard[0]!.payload).toBe(payload);
    b.bus.publish(TOPIC, 'Ende');
    expect(await a.hears(2)).toEqual([payload, 'Ende']);
  });

  it('[B2] reaches every other replica once, unchanged, in the order sent', async () => {
    const [a, b, c] = [await enter(), await enter(), await enter()];
    const payloads = Array.from({ length: 300 }, (_, i) => ({
      i,
      text: '\0"\\äß€😀 '.repeat(i),
      list: [null, true, 0.5],
    }));
    for (const payload of payloads) a.bus.publish(TOPIC, payload);
    a.bus.publish('another', 'x');
    for (let i = 0; i < 3; i++) a.bus.publish(TOPIC, 'dasselbe');
    for (const { heard, hears } of [b, c].map((replica) => ({ heard: replica.heard, hears: replica.hears(303) }))) {
      expect(await hears).toEqual([...payloads, 'dasselbe', 'dasselbe', 'dasselbe']);
      expect(new Set(heard.map(({ from }) => from))).toEqual(new Set([a.id]));
    }
    expect(a.bus).toMatchObject({ kind, isShared: true, isConnected: true });
    // The others can have it before the server has answered the sender.
    await until(async () => (await a.messages('sent')) === 304);
    expect([await a.messages('received'), await a.messages('dropped')]).toEqual([0, 0]);
    expect(await b.messages('received')).toBe(304);
  });

  it('[B3] of what is too large to be carried the others get only the topic', async () => {
    const [a, b] = [await enter(), await enter()];
    const large = 'x'.repeat(200_000);
    a.bus.publish(TOPIC, large);
    a.bus.publish(TOPIC, large + large);
    a.bus.publish(TOPIC, 'Ende');
    expect(await b.hears(3)).toEqual([large, undefined, 'Ende']);
  });

  it('[B7] is the bus of one chat: another on the same server hears nothing of it', async () => {
    const [a, b, other] = [await enter(), await enter(), await enterAnother()];
    a.bus.publish(TOPIC, 'x');
    expect(await b.hears(1)).toEqual(['x']);
    const neighbour = await enterAnother();
    neighbour.bus.publish(TOPIC, 'Ende');
    expect(await other.hears(1)).toEqual(['Ende']);
    expect(b.heard).toHaveLength(1);
  });
}

/** The bus is lost on all replicas and comes back. */
async function losesAndReturns(a: Replica, b: Replica, lose: () => Promise<void>, restore: () => Promise<void>) {
  await lose();
  await until(async () => (await a.losses()) === 1 && (await b.losses()) === 1);
  a.bus.publish(TOPIC, 'verloren');
  await restore();
  await until(() => Promise.resolve(a.returns === 1 && b.returns === 1));
  expect([a.bus.isConnected, b.bus.isConnected]).toEqual([true, true]);
  a.bus.publish(TOPIC, 'wieder da');
  await until(() => Promise.resolve(b.heard.at(-1)?.payload === 'wieder da'));
}

describe('the bus over PostgreSQL', () => {
  let database: string;
  let another: string;
  beforeAll(async () => ([database, another] = [await newDatabase(), await newDatabase()]));
  const enter = () => join({ DATABASE_URL: database });

  sharedBus('postgres', enter, () => join({ DATABASE_URL: another }));

  it('[B4] is there again by itself when its connections were ended', async () => {
    const [a, b] = [await enter(), await enter()];
    await losesAndReturns(
      a,
      b,
      () => cutOffBus(database),
      () => Promise.resolve(),
    );
  });

  it('[B6] what is no message of the bus is counted and dropped', async () => {
    const replica = await enter();
    const client = new Client({ connectionString: database });
    await client.connect();
    for (const noise of ['', 'x', '1 0/1 {"geheim"', '2 0/1 ["a"]', '3 0/1 null', `4 0/1 ["a","${TOPIC}","Ende"]`]) {
      await client.query('SELECT pg_notify($1, $2)', ['chat_bus', noise]);
    }
    await client.end();
    expect(await replica.hears(1)).toEqual(['Ende']);
    expect((await replica.metrics.faults.get()).values).toEqual([{ labels: { where: 'bus' }, value: 5 }]);
  });
});

describeWhere(hasRedis, 'Redis')('the bus over Redis', () => {
  let database: string;
  let another: string;
  beforeAll(async () => ([database, another] = [await newDatabase(), await newDatabase()]));

  sharedBus(
    'redis',
    () => join({ DATABASE_URL: database, REDIS_URL }),
    () => join({ DATABASE_URL: another, REDIS_URL }),
  );

  it('[B6] what is no message of the bus is counted and dropped', async () => {
    const replica = await join({ DATABASE_URL: database, REDIS_URL });
    const client = createClient({ url: REDIS_URL });
    await client.connect();
    const channel = `chat_bus:${await databaseIdentity(database)}`;
    for (const noise of ['', '{"geheim"', '["a"]', 'null', `["a","${TOPIC}","Ende"]`])
      await client.publish(channel, noise);
    await client.close();
    expect(await replica.hears(1)).toEqual(['Ende']);
    expect((await replica.metrics.faults.get()).values).toEqual([{ labels: { where: 'bus' }, value: 4 }]);
  });

  it('[B2] a link that is closed while it is being opened listens no more, whenever that is', async () => {
    const chat = randomUUID();
    const client = createClient({ url: REDIS_URL });
    await client.connect();
    for (let turns = 0; turns < 30; turns++) {
      const link = new RedisLink(REDIS_URL, () => Promise.resolve(chat));
      const opening = link.open({ onFrame: () => undefined, onLost: () => undefined });
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      link.close();
      await Promise.allSettled([opening]);
    }
    const channel = `chat_bus:${chat}`;
    await until(async () => (await client.pubSubNumSub(channel))[channel] === 0);
    await client.close();
  });

  it('[B2] a link that is closed before it knows its chat connects to nothing', async () => {
    let tell!: (chat: string) => void;
    const chat = new Promise<string>((resolve) => (tell = resolve));
    const link = new RedisLink(REDIS_URL, () => chat);
    const opening = link.open({ onFrame: () => undefined, onLost: () => undefined });
    link.close();
    tell('late');
    await expect(opening).rejects.toThrow('closed');
  });
});

describeWhere(canStartRedis, 'redis-server')('the bus over a Redis that fails', () => {
  let database: string;
  let redis: RedisServer;
  beforeAll(async () => ([database, redis] = [await newDatabase(), await startRedis()]));
  afterAll(() => redis.stop());
  const enter = () => join({ DATABASE_URL: database, REDIS_URL: redis.url });

  it('[B4] is there again by itself when Redis was stopped', async () => {
    const [a, b] = [await enter(), await enter()];
    await losesAndReturns(
      a,
      b,
      () => redis.stop(),
      () => redis.start(),
    );
    expect(await a.messages('dropped')).toBe(1);
  });

  it('[B4] is there by itself when Redis was started after the server', async () => {
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

  it('[B5] a frozen server is given up within seconds, and little waits for it', async () => {
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
