import { Balancer, hasHaproxy } from './support/balancer';
import { freePort } from '../proof/free-port';
import { http } from './support/http';
import { ResumingClient } from './support/resuming-client';
import { ServerProcess } from './support/server-process';
import { newDatabase } from './support/database';
import { hasRedis, REDIS_URL } from './support/redis';
import { describeWhere } from './support/suites';
import { until } from './support/until';

// The replicas drain under load, one after the other.
jest.setTimeout(180_000);

const REPLICAS = 3;
const CLIENTS = 60;

const available = hasHaproxy && hasRedis;

describeWhere(available, 'HAProxy and Redis')('every replica replaced in turn, under load', () => {
  let database: string;
  let balancer: Balancer;
  const ports: number[] = [];
  const replicas: ServerProcess[] = [];
  const clients: ResumingClient[] = [];
  /** Clients per replica at its SIGTERM. */
  const clientsAtStop: number[] = [];
  let stored: Stored[];

  const start = async (port: number) => {
    const replica = await ServerProcess.start({ DATABASE_URL: database, REDIS_URL, PORT: String(port) });
    replicas.push(replica);
    await balancer.sendsTo(replicas.map((each) => each.port));
  };

  /** Like Kubernetes with `maxSurge: 1`: starts a new replica, and stops the oldest once the new one is ready. */
  const replaceOldest = async (port: number) => {
    await start(port);
    const oldest = replicas.shift()!;
    clientsAtStop.push(connectionsOf(await balancer.slots(), oldest.port));
    expect(await oldest.stop()).toBe(0);
    await until(() => Promise.resolve(clients.every(({ isWelcome }) => isWelcome)));
    await balancer.sendsTo(replicas.map((each) => each.port));
    return oldest.port;
  };

  beforeAll(async () => {
    database = await newDatabase();
    for (let i = 0; i <= REPLICAS; i++) ports.push(await freePort());
    balancer = await Balancer.start(ports);
    for (const port of ports.slice(0, REPLICAS)) await start(port);
    for (let i = 0; i < CLIENTS; i++) {
      clients.push(new ResumingClient(balancer.url, `client-${i}`));
      await clients[i]!.start();
    }
    let free = ports[REPLICAS]!;
    for (let i = 0; i < REPLICAS; i++) free = await replaceOldest(free);
    for (const client of clients) client.finish();
    await until(() => Promise.resolve(clients.every(({ isIdle }) => isIdle)));
    stored = await allStored(replicas[0]!.url);
    await until(() => Promise.resolve(clients.every(({ cursor }) => cursor === stored.length)));
    await Promise.all(clients.map((client) => client.stop()));
  });

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await balancer.stop();
  });

  it('[U1] nothing acknowledged is lost or stored twice', () => {
    const texts = stored.map(({ message }) => message);
    expect(new Set(texts).size).toBe(texts.length);
    const acknowledged = clients.flatMap((client) => [...client.acknowledged]);
    expect(acknowledged).toHaveLength(stored.length);
    expect(stored.length).toBeGreaterThan(4 * CLIENTS);
    expect(acknowledged.filter(([text, id]) => texts[id - 1] !== text)).toEqual([]);
  });

  it('[U1] every client receives one order, without gaps or repeats', () => {
    expect(stored.map(({ id }) => id)).toEqual(stored.map((_, i) => i + 1));
    for (const { delivered } of clients) {
      const order = stored.slice(stored.length - delivered.length).map(({ id, message }) => ({ id, text: message }));
      expect(delivered).toEqual(order);
    }
  });

  it('[U2] each client reconnects once, and is never turned away', () => {
    expect(clientsAtStop).toEqual(clientsAtStop.map(() => CLIENTS / REPLICAS));
    expect(clients.map(({ delays }) => delays.length)).toEqual(clients.map(() => 1));
    expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
  });

  it('[U2] each client is given an individual reconnect delay', () => {
    const delays = clients.flatMap((client) => client.delays);
    expect(delays).not.toContain(undefined);
    expect(new Set(delays).size).toBeGreaterThan(CLIENTS / 2);
  });
});

interface Stored {
  readonly id: number;
  readonly message: string;
}

/** All stored messages, read page by page over REST. */
async function allStored(url: string): Promise<Stored[]> {
  const stored: Stored[] = [];
  for (;;) {
    const { body } = await http(`${url}/api/messages?limit=1000&after=${stored.length}`);
    const { messages } = body as { messages: Stored[] };
    if (messages.length === 0) return stored;
    stored.push(...messages);
  }
}

function connectionsOf(slots: Awaited<ReturnType<Balancer['slots']>>, port: number): number {
  return slots.find(({ name }) => name === `chat-${port}`)!.connections;
}
