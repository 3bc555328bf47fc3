import { Balancer, hasHaproxy } from './support/balancer';
import { freePort } from '../proof/free-port';
import { http } from './support/http';
import { LAST_RELEASE, LastRelease } from './support/last-release';
import { ResumingClient } from './support/resuming-client';
import { ServerProcess } from './support/server-process';
import { ChatClient } from './support/chat-client';
import { newDatabase, onPostgres, rowsOf } from './support/database';
import { hasRedis, REDIS_URL } from './support/redis';
import { describeWhere } from './support/suites';
import { until } from './support/until';

// The replicas drain under load, one after the other.
jest.setTimeout(180_000);

const REPLICAS = 3;
const CLIENTS = 60;

const MODERATOR = 'moderator-of-the-rolling-update-test';

const available = hasHaproxy && hasRedis;

describeWhere(available, 'HAProxy and Redis')(`every replica of ${LAST_RELEASE} replaced in turn, under load`, () => {
  let database: string;
  let balancer: Balancer;
  const ports: number[] = [];
  const replicas: ServerProcess[] = [];
  const clients: ResumingClient[] = [];
  /** Clients per replica at its SIGTERM. */
  const clientsAtStop: number[] = [];
  let stored: Stored[];

  const start = async (port: number, version: Pick<LastRelease, 'start'>) => {
    replicas.push(await version.start({ DATABASE_URL: database, REDIS_URL, PORT: String(port) }));
    await balancer.sendsTo(replicas.map((each) => each.port));
  };

  /** Like Kubernetes with `maxSurge: 1`: starts a new replica, and stops the oldest once the new one is ready. */
  const replaceOldest = async (port: number) => {
    await start(port, ServerProcess);
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
    const lastRelease = LastRelease.unpack();
    for (const port of ports.slice(0, REPLICAS)) await start(port, lastRelease);
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

describeWhere(hasRedis, 'Redis')(`a replica of ${LAST_RELEASE} beside one of this version`, () => {
  let lastRelease: LastRelease;
  let settings: Record<string, string>;
  let older: ServerProcess;
  let newer: ServerProcess;

  beforeAll(async () => {
    lastRelease = LastRelease.unpack();
    settings = { DATABASE_URL: await newDatabase(), REDIS_URL, MODERATOR_TOKEN: MODERATOR };
    older = await lastRelease.start(settings);
  });
  afterAll(() => Promise.all([older, newer].map((replica) => replica.stop())));

  it('[U3] a migration that waits for a long read keeps nobody waiting', async () => {
    const [writer] = await ChatClient.hello(older, { username: 'alt' });
    const stored = async (clientId: string) => {
      writer.sendV2Message(clientId, clientId);
      return (await writer.nextOf('ack')).id;
    };
    expect(await stored('before')).toBe(1);
    await onPostgres(settings.DATABASE_URL!, async (backup) => {
      await backup.query('BEGIN; SELECT FROM messages');
      newer = ServerProcess.spawn(settings);
      await until(async () => {
        const waiting = await rowsOf(settings.DATABASE_URL!, 'SELECT FROM pg_locks WHERE NOT granted');
        return waiting.length > 0;
      });
      expect(await stored('meanwhile')).toBe(2);
      await backup.query('COMMIT');
    });
    await newer.listening();
    expect(await stored('afterwards')).toBe(3);
    writer.socket.terminate();
  });

  it('[U4] each delivers what the other stores, and shows its users', async () => {
    const [before] = await ChatClient.hello(older, { username: 'Ada' });
    const [after] = await ChatClient.hello(newer, { username: 'Bea' });
    while ((await before.nextOf('user_joined')).username !== 'Bea');
    before.sendV2Message('a', 'from the older');
    expect(await after.nextOf('chat_message')).toMatchObject({ username: 'Ada', message: 'from the older' });
    after.sendV2Message('b', 'from the newer');
    while ((await before.nextOf('chat_message')).message !== 'from the newer');
    before.socket.terminate();
    while ((await after.nextOf('user_left')).username !== 'Ada');
    after.socket.terminate();
  });

  it('[U4] a repeat on the other version is answered like the first, another text under its key refused', async () => {
    for (const [first, second] of [
      [older, newer],
      [newer, older],
    ] as const) {
      const key = `key-${first.port}`;
      const answers: object[] = [];
      for (const replica of [first, second, first]) {
        const [client] = await ChatClient.hello(replica, { username: 'Cleo' });
        client.sendV2Message(key, 'once');
        answers.push(await client.nextOf('ack'));
        client.sendV2Message(key, 'another text');
        expect(await client.nextOf('error')).toMatchObject({ client_id: key });
        client.socket.terminate();
      }
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
    }
  });

  it('[U4] changes disturb the older one in nothing', async () => {
    const [reader] = await ChatClient.hello(older, { after: 0 });
    expect(await reader.nextOf('chat_message')).toMatchObject({ id: 1, message: 'before' });
    const headers = { Authorization: `Bearer ${MODERATOR}` };
    expect((await http(`${newer.url}/api/messages/1`, { method: 'DELETE', headers })).status).toBeLessThan(300);
    const [writer] = await ChatClient.hello(newer, { username: 'Dora' });
    writer.sendV2Message('last', 'after a change');
    while ((await reader.nextOf('chat_message')).message !== 'after a change');
    const { text } = await http(`${older.url}/metrics`);
    expect(text).toMatch(/^chat_bus_messages_total\{direction="received"\} [1-9]/m);
    expect(text).not.toMatch(/^chat_bus_messages_total\{direction="refused"\} [1-9]/m);
    expect(older.lines.filter((line) => /"level":"(warn|error|fatal)"/.test(line))).toEqual([]);
    for (const client of [reader, writer]) client.socket.terminate();
  });

  it('[U5] the last release does not start on the migrated database', async () => {
    const refused = lastRelease.spawn(settings);
    expect(await refused.exited).toBe(1);
    await refused.closed;
    expect(refused.lines.join('\n')).toContain('the database belongs to a newer version');
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
