import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ClientOptions } from 'ws';
import { Clock } from '../src/platform/lifecycle/clock';
import { ChatClient, type Frame } from './support/chat-client';
import { http, rawHttp } from './support/http';
import { RawReader } from './support/raw-reader';
import { startServer, type TestServer } from './support/server';
import { until } from './support/until';

let server: TestServer;
afterEach(() => server.stop());

const start = async (settings: Record<string, string> = {}) => {
  server = await startServer({ LIMITS: 'on', ...settings });
};
const from = (address: string): ClientOptions => ({ headers: { 'x-forwarded-for': address } });
const ofType = (frames: readonly Frame[], type: string) => frames.filter((frame) => frame.type === type);

async function total(): Promise<number> {
  return ((await http(`${server.url}/api/messages`)).body as { total: number }).total;
}

async function figure(name: string): Promise<number> {
  const { text } = await http(`${server.url}/metrics`);
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length) ?? 0,
  );
}

/** Handshakes on a raw connection that keeps reading and never closes. */
async function handshake(path = '/ws'): Promise<{ socket: Socket; answer: string }> {
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.on('error', () => undefined).resume();
  return { socket, answer: answer.toString('latin1') };
}

it('[L16] frames beyond FRAME_RATE are all handled later, with other clients served in between', async () => {
  await start({ FRAME_RATE: '300' });
  const [flood] = await ChatClient.hello(server);
  const [other] = await ChatClient.hello(server, { username: 'eva' });
  const COUNT = 1200;
  for (let i = 0; i < COUNT; i++) flood.send({ type: 'ping' });
  for (let i = 0; i < 20; i++) {
    other.sendV2Message(String(i), 'x');
    await other.nextOf('ack');
  }
  expect(ofType(flood.received, 'pong').length).toBeLessThan(COUNT);
  await until(() => Promise.resolve(ofType(flood.received, 'pong').length === COUNT));
});

it('[L16] control frames are charged, too, and all answered', async () => {
  await start({ FRAME_RATE: '300' });
  const client = await ChatClient.open(server);
  const other = await ChatClient.open(server);
  let pongs = 0;
  client.socket.on('pong', () => pongs++);
  for (let i = 0; i < 1200; i++) client.socket.ping();
  for (let i = 0; i < 400; i++) client.socket.pong();
  other.sendMessage('eva', 'x');
  await other.nextOf('chat_message');
  expect(pongs).toBeLessThan(1200);
  await until(() => Promise.resolve(pongs === 1200));
});

it('[L16] frames sent before an orderly close are all handled', async () => {
  await start({ FRAME_RATE: '100', MESSAGE_RATE: '0' });
  const { socket } = await handshake();
  const payload = Buffer.from(JSON.stringify({ type: 'chat_message', username: 'max', message: 'x' }));
  const frame = Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
  socket.end(Buffer.concat(Array<Buffer>(250).fill(frame)));
  await until(async () => (await total()) === 250);
  socket.destroy();
});

it.each<[string, (client: ChatClient) => void]>([
  ['invalid JSON', (client) => client.send('{')],
  ['no type', (client) => client.send({})],
  ['binary frames', (client) => client.socket.send(Buffer.of(1))],
  ['blank messages', (client) => client.sendMessage('max', ' ')],
  ['long names', (client) => client.send({ type: 'user_joined', username: 'x'.repeat(20_000) })],
  ['long timestamps', (client) => client.send({ type: 'user_joined', username: 'x', timestamp: '1'.repeat(20_000) })],
])('[L17] after MAX_REFUSED_FRAMES refusals (%s) the connection is closed with 1008', async (_what, refused) => {
  await start({ MAX_REFUSED_FRAMES: '20', FRAME_RATE: '0' });
  const client = await ChatClient.open(server);
  for (let i = 0; i < 60; i++) refused(client);
  expect(await client.closed).toEqual({ code: 1008, reason: 'too many refused frames' });
  expect(ofType(client.received, 'error').length).toBeGreaterThanOrEqual(20);
  expect(ofType(client.received, 'error').length).toBeLessThan(30);
  expect(await figure('chat_connections_closed_total{cause="refused_frames"}')).toBe(1);
});

it.each([
  ['nested brackets', '['.repeat(24_000) + ']'.repeat(24_000)],
  ['unclosed brackets', '['.repeat(48_000)],
  ['thousands of fields', JSON.stringify(Object.fromEntries(Array.from({ length: 4_000 }, (_, i) => [`k${i}`, 1])))],
])('[W4] a frame of %s is refused before it is parsed', async (_what, frame) => {
  await start();
  const client = await ChatClient.open(server);
  client.send(frame);
  expect((await client.nextOf('error')).message).toMatch(/zu viele Felder/);
  client.sendMessage('max', '[{"a":'.repeat(600));
  expect(await client.nextOf('chat_message')).toMatchObject({ message: '[{"a":'.repeat(600) });
});

it('[L17] repeated second hellos end a v2 connection', async () => {
  await start({ MAX_REFUSED_FRAMES: '20' });
  const [client] = await ChatClient.hello(server);
  for (let i = 0; i < 60; i++) client.send({ type: 'hello' });
  expect(await client.closed).toMatchObject({ code: 1008 });
});

it('[L18] reconnecting does not renew the burst', async () => {
  await start({ MESSAGE_RATE: '1', MESSAGE_BURST: '10' });
  for (let round = 0; round < 10; round++) {
    const client = await ChatClient.open(server);
    for (let i = 0; i < 10; i++) client.sendMessage('max', 'x');
    await until(() => Promise.resolve(client.received.length >= (round === 0 ? 11 : 10)));
    await client.close();
  }
  // The first burst, one message per further connection, and the refill meanwhile.
  expect(await total()).toBeLessThan(10 + 9 + 30);
});

it('[L18] an address may store MESSAGE_RATE_PER_IP over all its connections', async () => {
  await start({ MESSAGE_RATE_PER_IP: '2', TRUST_PROXY: 'loopback' });
  const clients = await Promise.all(Array.from({ length: 4 }, () => ChatClient.openV2(server, from('203.0.113.6'))));
  const answers = clients.map(async (client, index) => {
    for (let i = 0; i < 5; i++) client.sendV2Message(`${index} ${i}`, 'x', 'max');
    while (ofType(client.received, 'ack').length + ofType(client.received, 'error').length < 5)
      await once(client.socket, 'message');
    return ofType(client.received, 'error');
  });
  const errors = (await Promise.all(answers)).flat();
  expect(errors.length).toBeGreaterThan(3);
  for (const error of errors) expect(error).toMatchObject({ code: 'RATE_LIMITED', retry_after_ms: expect.any(Number) });
  const elsewhere = await ChatClient.openV2(server, from('203.0.113.7'));
  elsewhere.sendV2Message('1', 'x', 'eva');
  await elsewhere.nextOf('ack');
});

it('[L19] an address may use NAME_RATE_PER_IP new names over all its connections', async () => {
  await start({ NAME_RATE_PER_IP: '3' });
  for (const username of ['a', 'b', 'c']) await ChatClient.hello(server, { username });
  const [client, refusal] = await ChatClient.hello(server, { username: 'd' });
  expect(refusal).toMatchObject({ type: 'error', code: 'RATE_LIMITED', retry_after_ms: expect.any(Number) });
  client.send({ type: 'hello' });
  expect(await client.next()).toMatchObject({ type: 'welcome', user_count: 3 });
  client.sendV2Message('1', 'x', 'e');
  expect(await client.next()).toMatchObject({ type: 'error', code: 'RATE_LIMITED', client_id: '1' });
  expect(await total()).toBe(0);
});

it('[L20] an address may open HANDSHAKE_RATE_PER_IP connections a minute, in any notation, from any port', async () => {
  await start({ HANDSHAKE_RATE_PER_IP: '4', TRUST_PROXY: 'loopback' });
  const one = ['2001:db8::1', '[2001:db8::2]:443', '[2001:db8:0:0:ff::]', '2001:DB8::3'];
  for (const address of one) await ChatClient.open(server, '/ws', from(address));
  const refused = await http(`${server.url}/api/messages/stream`, {
    headers: { 'x-forwarded-for': '[2001:db8::4]:9' },
  });
  expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  const answer = await rawHttp(
    server.port,
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Forwarded-For: 2001:db8::5\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n(.*\r\n)*Retry-After: \d+\r\n/);
  await ChatClient.open(server, '/ws', from('2001:db8:0:1::1'));
});

it('[L25] an address reads HISTORY_RATE_PER_IP of stored messages, over REST and in replays', async () => {
  await start({ HISTORY_RATE_PER_IP: '1', LIMITS: 'off', TRUST_PROXY: 'loopback' });
  const writer = await ChatClient.open(server, '/ws', from('203.0.113.1'));
  for (let i = 0; i < 30; i++) writer.sendMessage('max', 'x'.repeat(4000));
  for (let i = 0; i < 30; i++) await writer.nextOf('chat_message');
  const read = (address: string) => http(`${server.url}/api/messages`, { headers: { 'x-forwarded-for': address } });
  expect((await read('203.0.113.2')).status).toBe(200);
  const refused = await read('203.0.113.2');
  expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(30);
  expect((await read('203.0.113.3')).status).toBe(200);
  const late = await ChatClient.openV2(server, from('203.0.113.2'));
  late.send({ type: 'hello', after: 0 });
  await late.nextOf('welcome');
  await until(async () => (await figure('chat_limited_total{limit="history"}')) > 1);
  expect(ofType(late.received, 'chat_message')).toEqual([]);
});

it('[L6] MAX_CONNECTIONS_PER_IP ignores the port that a proxy reports', async () => {
  await start({ MAX_CONNECTIONS_PER_IP: '1', TRUST_PROXY: '1' });
  const first = await ChatClient.open(server, '/ws', from('203.0.113.6:40001'));
  const second = await ChatClient.open(server, '/ws', from('203.0.113.6:40002'));
  expect(await second.closed).toMatchObject({ code: 4009 });
  const mapped = await ChatClient.open(server, '/ws', from('::ffff:203.0.113.6'));
  expect(await mapped.closed).toMatchObject({ code: 4009 });
  await first.close();
});

it('[L21] a refused connection is closed soon, and beyond a hundred, connections are refused over HTTP', async () => {
  await start({ MAX_CONNECTIONS: '1', MAX_CONNECTIONS_PER_IP: '0', HANDSHAKE_RATE_PER_IP: '0' });
  const accepted = await ChatClient.open(server);
  let places = 0;
  let mostPlaces = 0;
  const refused = await Promise.all(
    Array.from({ length: 400 }, async () => {
      const one = await handshake();
      if (!one.answer.startsWith('HTTP/1.1 101 ')) return one;
      mostPlaces = Math.max(mostPlaces, ++places);
      // The server ending the connection frees its place.
      one.socket.once('end', () => places--);
      return one;
    }),
  );
  const upgraded = refused.filter(({ answer }) => answer.startsWith('HTTP/1.1 101 '));
  expect(upgraded.length).toBeGreaterThan(0);
  expect(mostPlaces).toBeLessThanOrEqual(120);
  expect(upgraded.length).toBeLessThan(refused.length);
  for (const { answer } of refused.filter((one) => !upgraded.includes(one))) expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  for (const { socket } of upgraded) socket.write(Buffer.alloc(100_000));
  const open = () =>
    new Promise<number>((resolve) => server.app.getHttpServer().getConnections((_error, count) => resolve(count)));
  // The accepted connection, and at most one keep-alive connection.
  await until(async () => (await open()) <= 2);
  accepted.sendMessage('max', 'x');
  await accepted.nextOf('chat_message');
  for (const { socket } of refused) socket.destroy();
});

it('[L22] event streams count as connections, in total and by address', async () => {
  await start({ MAX_CONNECTIONS_PER_IP: '2' });
  const streams = await Promise.all([1, 2].map(() => fetch(`${server.url}/api/messages/stream`)));
  expect((await fetch(`${server.url}/api/messages/stream`)).status).toBe(503);
  const socket = await ChatClient.open(server);
  expect(await socket.closed).toMatchObject({ code: 4009 });
  for (const { body } of streams) await body!.cancel();
});

it('[L22] the last tenth of all connections is reserved for addresses with few', async () => {
  await start({ MAX_CONNECTIONS: '50', TRUST_PROXY: 'loopback' });
  const greedy = await Promise.all(
    Array.from({ length: 45 }, () => ChatClient.open(server, '/ws', from('203.0.113.1'))),
  );
  const further = await ChatClient.open(server, '/ws', from('203.0.113.1'));
  expect(await further.closed).toMatchObject({ code: 4009 });
  const other = await ChatClient.open(server, '/ws', from('203.0.113.2'));
  other.sendMessage('eva', 'x');
  await other.nextOf('chat_message');
  expect(greedy.every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true);
});

it('[L23] a message of more than 64 fragments ends its connection with 1008, others are unaffected', async () => {
  await start();
  const [client, other] = [await ChatClient.open(server), await ChatClient.open(server)];
  for (let i = 0; i < 70; i++) client.socket.send('x', { fin: false });
  expect(await client.closed).toMatchObject({ code: 1008 });
  other.sendMessage('eva', 'x');
  await other.nextOf('chat_message');
});

it('[L23] a message unfinished after 20 s ends its connection, in fragments or chunks', async () => {
  await start();
  const [inFragments, other] = [await ChatClient.open(server), await ChatClient.open(server)];
  inFragments.socket.send('x', { fin: false });
  const { socket: inChunks } = await handshake();
  inChunks.write(Buffer.from([0x81, 0xfe]));
  inFragments.socket.ping();
  await once(inFragments.socket, 'pong');
  const clock = server.app.get(Clock);
  const real = clock.monotonic.bind(clock);
  jest.spyOn(clock, 'monotonic').mockImplementation(() => real() + 21_000);
  expect(await inFragments.closed).toEqual({ code: 1008, reason: 'message not finished in time' });
  if (!inChunks.readableEnded) await once(inChunks, 'end');
  inChunks.destroy();
  other.sendMessage('eva', 'x');
  await other.nextOf('chat_message');
});

it('[L24] beyond MAX_UNSENT_MIB the largest backlogs are closed, and other readers are served', async () => {
  await start({ LIMITS: 'off', MAX_UNSENT_MIB: '8' });
  const writer = await ChatClient.open(server);
  const stalled = await Promise.all(Array.from({ length: 100 }, () => RawReader.open(server.port)));
  for (const reader of stalled) reader.stopReading();
  let sent = 0;
  while ((await figure('chat_connections_closed_total{cause="unsent"}')) === 0) {
    for (let i = 0; i < 250; i++) writer.sendMessage('max', 'x'.repeat(4000));
    for (let i = 0; i < 250; i++) await writer.nextOf('chat_message');
    sent += 250;
  }
  expect(await total()).toBe(sent);
  for (const { socket } of stalled) socket.destroy();
});
