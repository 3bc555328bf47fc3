import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readSettings } from '../src/settings/load-settings';
import { Settings } from '../src/settings/settings';
import { Balancer, CONFIGURATION, hasHaproxy } from './support/balancer';
import { ChatClient } from './support/chat-client';
import { holdAppends } from './support/hold-appends';
import { errorResponse, http } from './support/http';
import { startServer, type TestServer } from './support/server';
import { describeWhere } from './support/suites';

// HAProxy needs seconds to detect which replicas are ready.
jest.setTimeout(60_000);

const ROOT = join(__dirname, '..');
const COMPOSE_FILE = join(ROOT, 'docker-compose.yml');

describeWhere(hasHaproxy, 'HAProxy')('the balancer', () => {
  let balancer: Balancer;
  let replicas: TestServer[] = [];
  const connections = () => Promise.all(replicas.map(async ({ url }) => statusOf(url)));
  /** Two servers with separate databases: to the balancer they look like replicas. */
  const start = async (environment: Record<string, string> = {}) => {
    replicas = [await startServer(environment), await startServer(environment)];
    balancer = await Balancer.start(replicas.map(({ port }) => port));
    await balancer.sendsTo(replicas.map(({ port }) => port));
  };
  afterEach(async () => {
    await balancer.stop();
    await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
  });

  it('[K7] assigns each connection to the replica with the fewest', async () => {
    await start();
    for (let i = 0; i < 6; i++) await ChatClient.open(balancer);
    expect(await connections()).toEqual([3, 3]);
    const [first, second] = replicas as [TestServer, TestServer];
    await first.stop();
    await balancer.sendsTo([second.port]);
    expect(await statusOf(balancer.url)).toBe(3);
    for (let i = 0; i < 3; i++) await ChatClient.open(balancer);
    expect(await statusOf(second.url)).toBe(6);
  });

  it('[K7] forwards messages, errors and events at once, and hides /metrics', async () => {
    await start();
    await replicas[1]!.stop();
    const client = await ChatClient.open(balancer);
    const events = await fetch(`${balancer.url}/api/messages/stream`);
    const reader = events.body!.getReader();
    client.sendMessage('max', 'hallo');
    expect(await client.nextOf('chat_message')).toMatchObject({ message: 'hallo' });
    expect(Buffer.from((await reader.read()).value!).toString()).toMatch(/^event: chat_message\n/);
    await reader.cancel();
    expect(await http(`${balancer.url}/api/messages?limit=0`)).toMatchObject({ status: 422 });
    for (const path of ['/metrics', '/METRICS', '/Metrics/']) {
      expect(await http(`${balancer.url}${path}`)).toMatchObject({ status: 404, body: errorResponse('NOT_FOUND') });
    }
  });

  it('[K7] a client cannot spoof its address', async () => {
    await start({ TRUST_PROXY: '1', MAX_CONNECTIONS_PER_IP: '1' });
    const open = (address: string) => ChatClient.open(balancer, '/ws', { headers: { 'X-Forwarded-For': address } });
    const clients = [await open('192.0.2.1'), await open('192.0.2.2'), await open('192.0.2.3')];
    expect(await clients[2]!.closed).toMatchObject({ code: 4009 });
    expect(await connections()).toEqual([1, 1]);
  });

  it('[K8] a draining replica keeps its connections, and new clients go to the other one', async () => {
    await start();
    const [ending, other] = replicas as [TestServer, TestServer];
    const clients = [await ChatClient.open(balancer), await ChatClient.open(balancer)];
    const release = holdAppends(ending);
    for (const client of clients) client.sendMessage('max', 'noch angenommen');
    for (const client of clients) await client.nextOf('user_joined');
    const stopped = ending.stop();
    // Also before the balancer notices: requests that the replica refuses are retried on the other one.
    const answers = await Promise.all(Array.from({ length: 20 }, () => http(`${balancer.url}/api/messages/recent`)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await balancer.sendsTo([other.port]);
    await ChatClient.open(balancer);
    expect(await statusOf(other.url)).toBe(2);
    release();
    for (const client of clients) {
      expect(await client.nextOf('chat_message')).toMatchObject({ message: 'noch angenommen' });
    }
    await stopped;
  });

  it('[K8] without a ready replica a live one states the reason, and without any the balancer answers', async () => {
    await start();
    const clients = await Promise.all(replicas.map((replica) => ChatClient.open(replica)));
    const releases = replicas.map((replica) => holdAppends(replica));
    for (const client of clients) client.sendMessage('max', 'hallo');
    for (const client of clients) await client.nextOf('user_joined');
    const stopped = replicas.map((replica) => replica.stop());
    await balancer.sendsTo([]);
    expect(await http(`${balancer.url}/health`)).toMatchObject({ status: 200 });
    expect(await http(`${balancer.url}/api/messages`)).toMatchObject({
      status: 503,
      body: errorResponse('SERVICE_UNAVAILABLE', expect.stringMatching(/wird gerade beendet$/)),
    });
    for (const release of releases) release();
    await Promise.all(stopped);
    const answer = await http(`${balancer.url}/api/messages`);
    expect(answer).toMatchObject({ status: 503, body: errorResponse('SERVICE_UNAVAILABLE') });
    expect(answer.headers.get('Retry-After')).toBe('1');
  });

  it.each([
    ['not answered', (response: ServerResponse) => response.destroy()],
    ['answered with 503', (response: ServerResponse) => response.writeHead(503).end()],
  ])('[K9] repeats a write that was %s only if it has an Idempotency-Key', async (_, fail) => {
    let requests = 0;
    const failing = createServer((request, response) => {
      if (request.url === '/health/ready') return response.end();
      requests++;
      return fail(response);
    });
    await once(failing.listen(0, '127.0.0.1'), 'listening');
    const { port } = failing.address() as AddressInfo;
    balancer = await Balancer.start([port]);
    await balancer.sendsTo([port]);
    const requestsOf = async (method: string, headers: Record<string, string> = {}) => {
      requests = 0;
      // 502, 503, or the end of the connection.
      await fetch(`${balancer.url}/api/messages`, { method, headers }).catch(() => undefined);
      return requests;
    };
    const without = [await requestsOf('POST'), await requestsOf('PATCH'), await requestsOf('DELETE')];
    const safe = [await requestsOf('POST', { 'Idempotency-Key': 'x' }), await requestsOf('GET')];
    failing.close();
    expect({ without, safe }).toEqual({ without: [1, 1, 1], safe: [3, 3] });
  });
});

async function statusOf(url: string): Promise<number> {
  const { body } = await http(`${url}/status`);
  return (body as { websocket: { active_connections: number } }).websocket.active_connections;
}

interface Compose {
  readonly services: Record<string, { readonly [key: string]: unknown; readonly environment?: Record<string, string> }>;
}

/** The compose file, with the defaults in place of its variables. */
function compose(): Compose {
  return parse(readFileSync(COMPOSE_FILE, 'utf8').replaceAll(/\$\{\w+:-(\w+)\}/g, '$1')) as Compose;
}

it('[K3] the compose file passes only server settings, with allowed values', () => {
  const { environment } = compose().services.chat!;
  expect(Object.keys(environment!).filter((name) => !(name in new Settings()))).toEqual([]);
  expect(readSettings(environment!)).toMatchObject({ TRUST_PROXY: '1' });
});

it('[K4] compose waits longer than the grace period, and the balancer longer than two heartbeats', () => {
  const { chat } = compose().services;
  expect(parseInt(String(chat!.stop_grace_period))).toBeGreaterThan(
    Number(chat!.environment!.SHUTDOWN_GRACE_SECONDS) + 2,
  );
  const timeouts = [...readFileSync(CONFIGURATION, 'utf8').matchAll(/timeout (client|server|tunnel) (\d+)s/g)];
  expect(timeouts).toHaveLength(3);
  for (const [, , seconds] of timeouts) expect(Number(seconds)).toBeGreaterThan(2 * new Settings().HEARTBEAT_SECONDS);
});

it('[K5] compose containers run without privileges, too', () => {
  expect(compose().services.chat).toMatchObject({
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    tmpfs: ['/tmp'],
  });
});

const composers = [['docker', 'compose'], ['docker-compose']].filter(
  ([command, ...args]) => spawnSync(command!, [...args, 'version']).status === 0,
);

describeWhere(composers.length > 0, 'docker compose')('the compose file', () => {
  it('[K1] is accepted by docker compose', () => {
    const [command, ...args] = composers[0]!;
    const { status, stderr } = spawnSync(command!, [...args, '-f', COMPOSE_FILE, 'config'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
