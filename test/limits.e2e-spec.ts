import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ChatClient } from './support/chat-client';
import { execute, newDatabase } from './support/database';
import { holdAppends } from './support/hold-appends';
import { errorResponse, http } from './support/http';
import { startServer, type TestServer } from './support/server';
import { ServerProcess } from './support/server-process';
import { until } from './support/until';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function total(): Promise<number> {
  return ((await http(`${server!.url}/api/messages`)).body as { total: number }).total;
}

it('[L1] a bad setting ends the start with one line and a non-zero code', async () => {
  const process = ServerProcess.spawn({ DATABASE_URL: await newDatabase(), MESSAGE_RATE: 'viele' });
  expect(await process.exited).toBe(1);
  await process.closed;
  expect(process.lines).toEqual([
    'chat-system cannot start: MESSAGE_RATE="viele" is not allowed; allowed: a whole number from 0 to 1000000',
  ]);
});

it('[L1] an unavailable address ends the start with one line and a non-zero code', async () => {
  server = await startServer();
  const process = ServerProcess.spawn({ DATABASE_URL: await newDatabase(), PORT: String(server.port) });
  expect(await process.exited).toBe(1);
  await process.closed;
  expect(process.lines).toEqual([
    `chat-system cannot start: cannot listen on 127.0.0.1:${server.port}: another program uses this port; set another one, for example PORT=${server.port + 1} (EADDRINUSE)`,
  ]);
});

it('[L2] messages beyond burst and rate are refused and not stored', async () => {
  server = await startServer({ MESSAGE_RATE: '1', MESSAGE_BURST: '3' });
  const [client, other] = [await ChatClient.open(server), await ChatClient.open(server)];
  for (let i = 1; i <= 5; i++) client.sendMessage('max', String(i));
  const frames = await client.nextFrames(6);
  expect(frames.map((frame) => frame.type).sort()).toEqual([
    'chat_message',
    'chat_message',
    'chat_message',
    'error',
    'error',
    'user_joined',
  ]);
  expect(frames.find((frame) => frame.type === 'error')!.message).toMatch(/höchstens 1 Nachrichten je Sekunde/);
  other.sendMessage('eva', 'hat ein eigenes Maß');
  expect(await client.nextOf('chat_message')).toMatchObject({ username: 'eva' });
  expect(await total()).toBe(4);
});

it.each(['MAX_CONNECTIONS', 'MAX_CONNECTIONS_PER_IP'])(
  '[L3] with %s=2 the third connection is closed with 4009',
  async (setting) => {
    server = await startServer({ [setting]: '2' });
    const [first] = [await ChatClient.open(server), await ChatClient.open(server)];
    const third = await ChatClient.open(server);
    third.sendMessage('max', 'x');
    expect(await third.closed).toMatchObject({ code: 4009 });
    await first.close();
    const fourth = await ChatClient.open(server);
    fourth.sendMessage('max', 'wieder Platz');
    expect(await fourth.nextOf('chat_message')).toMatchObject({ message: 'wieder Platz' });
    expect(await total()).toBe(1);
  },
);

it('[L4] only pages of allowed origins may connect and read', async () => {
  server = await startServer({ ALLOWED_ORIGINS: 'https://chat.example, http://localhost:3000' });
  const { url } = server;
  const refused = await ChatClient.open(server, '/ws', { origin: 'https://evil.example' });
  refused.sendMessage('max', 'x');
  expect(await refused.closed).toMatchObject({ code: 1008 });
  for (const origin of ['https://chat.example', 'http://localhost:3000', undefined]) {
    const client = await ChatClient.open(server, '/ws', { origin });
    client.sendMessage('max', 'x');
    await client.nextOf('chat_message');
    await client.close();
  }
  const allowed = async (origin: string) =>
    (await http(`${url}/health`, { headers: { origin } })).headers.get('access-control-allow-origin');
  expect(await allowed('https://chat.example')).toBe('https://chat.example');
  expect(await allowed('https://evil.example')).toBeNull();
  expect(await total()).toBe(3);
});

it('[L4] by default every origin is allowed', async () => {
  server = await startServer();
  const answer = await http(`${server.url}/health`, { headers: { origin: 'https://anyone.example' } });
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  const client = await ChatClient.open(server, '/ws', { origin: 'https://anyone.example' });
  client.sendMessage('max', 'x');
  await client.nextOf('chat_message');
});

it('[L13] ALLOWED_ORIGINS accepts subdomain wildcards and app schemes; the own page is always allowed', async () => {
  server = await startServer({
    ALLOWED_ORIGINS: 'https://*.chat.example, capacitor://localhost',
    TRUST_PROXY: 'loopback',
  });
  const { port, url } = server;
  const proxied = { 'x-forwarded-host': 'chat.example.org' };
  const judge = async (origin: string, headers: Record<string, string> = {}) => {
    const client = await ChatClient.open(server!, '/ws', { origin, headers });
    client.send('{}');
    const first = await Promise.race([client.closed, client.next()]);
    const answer = await http(`${url}/health`, { headers: { origin, ...headers } });
    await client.close();
    return { isOpen: !('code' in first), mayRead: answer.headers.get('access-control-allow-origin') === origin };
  };
  for (const origin of ['https://a.b.chat.example', 'capacitor://localhost', `http://127.0.0.1:${port}`]) {
    expect(await judge(origin)).toEqual({ isOpen: true, mayRead: true });
  }
  expect(await judge('https://chat.example.org', proxied)).toEqual({ isOpen: true, mayRead: true });
  for (const origin of ['https://chat.example', 'https://evilchat.example', 'null', 'https://chat.example.org']) {
    expect(await judge(origin)).toEqual({ isOpen: false, mayRead: false });
  }
});

it('[L5] an address beyond HTTP_RATE gets 429 with Retry-After; probes are exempt', async () => {
  server = await startServer({ HTTP_RATE: '3' });
  for (let i = 0; i < 3; i++) expect((await http(`${server.url}/api/messages`)).status).toBe(200);
  const refused = await http(`${server.url}/nothing`);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(refused.body).toEqual(errorResponse('RATE_LIMITED'));
  expect((await http(`${server.url}/health/ready`)).status).toBe(200);
});

it.each([
  ['false', 429],
  ['1', 200],
])('[L6] TRUST_PROXY=%s decides whose X-Forwarded-For counts over HTTP', async (trust, status) => {
  server = await startServer({ TRUST_PROXY: trust, HTTP_RATE: '1' });
  const ask = (address: string) => http(`${server!.url}/status`, { headers: { 'x-forwarded-for': address } });
  await ask('203.0.113.1');
  expect((await ask('203.0.113.2')).status).toBe(status);
});

it.each([
  ['false', 4009],
  ['loopback', undefined],
])('[L6] TRUST_PROXY=%s decides whose X-Forwarded-For counts on sockets', async (trust, code) => {
  server = await startServer({ TRUST_PROXY: trust, MAX_CONNECTIONS_PER_IP: '1' });
  const open = (address: string) => ChatClient.open(server!, '/ws', { headers: { 'x-forwarded-for': address } });
  await open('203.0.113.1');
  const second = await open('203.0.113.2');
  second.sendMessage('max', 'x');
  if (code) expect(await second.closed).toMatchObject({ code });
  else expect(await second.nextOf('chat_message')).toMatchObject({ message: 'x' });
});

it('[L7] with the append queue full, messages are refused, and nothing is half accepted', async () => {
  server = await startServer();
  const client = await ChatClient.open(server);
  client.sendMessage('max', 'zuerst');
  await client.nextOf('chat_message');
  const release = holdAppends(server);
  const SENT = 12_500;
  for (let i = 0; i < SENT; i++) client.sendMessage('max', String(i));
  const first = await client.nextOf('error');
  expect(first.message).toBe(
    'Dienst vorübergehend nicht verfügbar: der Server ist überlastet; die Nachricht wurde nicht gespeichert',
  );
  expect((await http(`${server.url}/health/ready`)).body).toMatchObject({
    error: { message_log: { status: 'down', message: 'overloaded' } },
  });
  release();
  const frames = await client.nextFrames(SENT - 1);
  const delivered = frames.filter((frame) => frame.type === 'chat_message');
  const refused = frames.filter((frame) => frame.type === 'error');
  expect(delivered.length + refused.length).toBe(SENT - 1);
  expect(refused.length).toBeGreaterThan(0);
  expect(await total()).toBe(delivered.length + 1);
});

it('[L8] a slow reader is caught up later, or closed with 4008 beyond REPLAY_LIMIT', async () => {
  server = await startServer({ SLOW_CONSUMER_BYTES: '65536', REPLAY_LIMIT: '1000' });
  const [writer, slow, stalled] = [
    await ChatClient.open(server),
    await ChatClient.open(server),
    await ChatClient.open(server),
  ];
  const send100 = async () => {
    for (let i = 0; i < 100; i++) writer.sendMessage('max', 'x'.repeat(4000));
    for (let i = 0; i < 100; i++) await writer.nextOf('chat_message');
  };
  slow.socket.pause();
  stalled.socket.pause();
  // The kernel buffers some megabytes before the server notices that a client does not read.
  for (let round = 0; round < 30; round++) {
    await send100();
    slow.socket.resume();
    if (round < 29) for (let i = 0; i < 100; i++) await slow.nextOf('chat_message');
    if (round % 2 === 0) slow.socket.pause();
  }
  slow.socket.resume();
  for (let i = 0; i < 100; i++) await slow.nextOf('chat_message');
  stalled.socket.resume();
  expect(await stalled.closed).toMatchObject({ code: 4008 });
  expect(await total()).toBe(3000);
});

it('[L9] port 0 picks a free port, the start line names it, and log lines are JSON or pretty', async () => {
  const environment = { DATABASE_URL: await newDatabase() };
  const json = await ServerProcess.start(environment);
  expect((await http(`${json.url}/health`)).status).toBe(200);
  expect(json.lines).toHaveLength(1);
  expect(JSON.parse(json.lines[0]!)).toMatchObject({
    level: 'info',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    message: expect.stringMatching(new RegExp(`, ready at ${json.url}$`)),
  });
  await json.stop();
  const pretty = await ServerProcess.start({ ...environment, LOG_FORMAT: 'pretty' });
  expect(pretty.lines[0]).toContain(`ready at ${pretty.url}`);
  expect(pretty.lines[0]).not.toMatch(/^\{/);
  await pretty.stop();
});

it.each([
  ['an upgrade', 'GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['a handshake', 'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['for unparsable HTTP', 'nonsense\r\n\r\n'],
])('[L11] a client that was refused %s does not keep its connection', async (_what, request) => {
  server = await startServer();
  const client = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
  let answer = '';
  client.on('data', (data) => (answer += String(data)));
  client.write(request);
  await once(client, 'end');
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(client.writable).toBe(true);
  const open = () =>
    new Promise<number>((resolve) => server!.app.getHttpServer().getConnections((_error, count) => resolve(count)));
  await until(async () => (await open()) === 0);
  client.destroy();
});

it('[L10] a thousand connections at once wait until a busy server accepts them', async () => {
  const child = await ServerProcess.start({ DATABASE_URL: await newDatabase() });
  const allowed = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
  // The stopped process accepts nothing: connections are established by the kernel alone.
  child.child.kill('SIGSTOP');
  const sockets = Array.from({ length: Math.min(1000, allowed) }, () => connect(child.port, '127.0.0.1'));
  for (const socket of sockets) socket.write('GET /health/live HTTP/1.1\r\nHost: chat\r\nConnection: close\r\n\r\n');
  const answers = Promise.all(sockets.map((socket) => text(socket)));
  // Answers arrive later: only a failed connection settles `answers` first.
  await Promise.race([Promise.all(sockets.map((socket) => once(socket, 'connect'))), answers]);
  child.child.kill('SIGCONT');
  for (const answer of await answers) expect(answer).toMatch(/^HTTP\/1.1 200 /);
  await child.stop();
});

it('[L29] a fault that clients can cause again and again is one line in the log', async () => {
  server = await startServer();
  await execute(server.database, 'ALTER TABLE user_messages RENAME TO elsewhere');
  const lines: string[] = [];
  const keep = (line: unknown) => lines.push(String(line)) > 0;
  const streams = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(keep),
  );
  for (let i = 0; i < 20; i++) {
    expect((await http(`${server.url}/api/messages/user/max-${i}`)).status).toBe(500);
    expect((await http(`${server.url}/api/messages?limit=x`)).status).toBe(422);
  }
  for (const stream of streams) stream.mockRestore();
  expect(lines).toEqual([expect.stringContaining('GET /api/messages/user/:username INTERNAL_ERROR')]);
});
