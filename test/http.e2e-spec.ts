import type { IncomingMessage } from 'node:http';
import { DataSource } from 'typeorm';
import { ChatClient } from './support/chat-client';
import { execute, newDatabase } from './support/database';
import { bodyOf, errorResponse, http, rawHttp } from './support/http';
import { startServer, type TestServer } from './support/server';
import { ServerProcess } from './support/server-process';

const JSON_POST = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

describe('all HTTP answers', () => {
  let server: TestServer;
  beforeAll(async () => (server = await startServer()));
  afterAll(() => server.stop());

  it.each([
    ['/health', ['status', 'app', 'timestamp', 'version']],
    ['/status', ['status', 'app', 'timestamp', 'version', 'database', 'websocket', 'system']],
    ['/api/messages', ['messages', 'total', 'limit', 'offset']],
    ['/api/messages/recent', ['messages', 'total', 'limit']],
    ['/api/messages/user/max', ['messages', 'username', 'total_messages', 'limit']],
    [
      '/api/messages/stats',
      ['total_messages', 'total_users', 'most_active_user', 'messages_today', 'average_message_length'],
    ],
    ['/nothing', ['error', 'message', 'code', 'timestamp']],
  ])('[E1] %s is UTF-8 JSON with the keys in the order of the document', async (path, keys) => {
    const { body, headers } = await http(server.url + path);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(Object.keys(body as object)).toEqual(keys);
  });

  it('[E2] timestamps of stored messages have no zone, all others end in Z', async () => {
    const client = await ChatClient.open(server);
    client.sendMessage('max', 'Hallo');
    const frame = await client.nextOf('chat_message');
    expect(frame.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const { body } = await http(`${server.url}/api/messages`);
    expect(body).toMatchObject({ messages: [{ timestamp: String(frame.timestamp).slice(0, -1) }] });
    expect((await http(`${server.url}/health`)).body).toMatchObject({ timestamp: expect.stringMatching(/:\d\dZ$/) });
    await client.close();
  });

  it.each([
    ['GET', '/api'],
    ['GET', '/api/messages/'.concat('nothing')],
    ['GET', '/api/messages/user/'],
    ['POST', '/api/messages'],
    ['DELETE', '/health'],
    ['PUT', '/docs-json'],
  ])('[E3] %s %s is 404 NOT_FOUND', async (method, path) => {
    const answer = await http(server.url + path, { method });
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual(errorResponse('NOT_FOUND', 'Ressource nicht gefunden'));
  });

  it.each([
    [undefined, 'Ressource nicht gefunden'],
    ['en-GB,de;q=0.5', 'Resource not found'],
    ['fr', 'Ressource nicht gefunden'],
  ])('[E4] Accept-Language %s selects the text', async (language, message) => {
    const answer = await http(`${server.url}/nothing`, { headers: language ? { 'accept-language': language } : {} });
    expect(answer.body).toEqual(errorResponse('NOT_FOUND', message));
  });

  it.each(['/api/messages/user/%ff', '/api/messages?limit=%zz', '/%c0%ae'])(
    '[E5] invalid percent-encoding %s is 400',
    async (path) => {
      const answer = await rawHttp(server.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(bodyOf(answer)).toEqual(errorResponse('BAD_REQUEST'));
    },
  );

  it.each([
    ['{', 400, 'BAD_REQUEST'],
    [JSON.stringify('x'.repeat(20_000)), 413, 'PAYLOAD_TOO_LARGE'],
  ])('[E5] an invalid body is refused before the route', async (body, status, code) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await http(`${server.url}/api/messages`, { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual(errorResponse(code));
  });

  it.each([
    ['by its announced length', 'Content-Length: 100000000\r\n\r\n{'],
    ['in chunks', `Transfer-Encoding: chunked\r\n\r\n${`1000\r\n${'x'.repeat(0x1000)}\r\n`.repeat(5)}`],
  ])('[E5] a body over the limit is refused before its end, %s', async (_how, body) => {
    const answer = await rawHttp(server.port, `${JSON_POST}${body}`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(bodyOf(answer)).toEqual(errorResponse('PAYLOAD_TOO_LARGE'));
  });

  it.each([
    ['nonsense\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    [`${JSON_POST}Transfer-Encoding: chunked\r\n\r\nx\r\n`, 400],
    [`${JSON_POST}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n`, 400],
  ])('[E5] unparsable HTTP is an ErrorResponse', async (request, status) => {
    const answer = await rawHttp(server.port, request);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(bodyOf(answer)).toEqual(errorResponse('BAD_REQUEST'));
  });

  it('[E9] keeps a harmless request id and replaces any other', async () => {
    const ask = async (id: string) =>
      (await http(`${server.url}/health`, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await ask('proxy-1.a_B')).toBe('proxy-1.a_B');
    expect(await ask('a b')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await ask('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['/', '/health', '/nothing', '/api/messages?limit=0'])('[E10] %s has the security headers', async (path) => {
    const { headers } = await http(server.url + path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });
});

it('[E11] an offer of another protocol is ignored', async () => {
  const server = await startServer();
  const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';
  const ask = (request: string, more: string) =>
    rawHttp(server.port, `${request} HTTP/1.1\r\nHost: x\r\n${offer}${more}`);
  // The connection stays usable.
  const answers = (
    await ask('GET /health/live', `\r\nGET /api/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  ).split(/(?=HTTP\/1\.1 )/);
  expect(answers.map((answer) => answer.slice(0, 12))).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
  expect(bodyOf(answers[1]!)).toEqual((await http(`${server.url}/api/messages`)).body);
  const last = 'GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const [withBody] = (
    await ask('POST /nothing', `Content-Type: application/json\r\nContent-Length: 3\r\n\r\n{x}${last}`)
  ).split(/(?=HTTP\/1\.1 )/);
  expect(withBody).toMatch(/^HTTP\/1\.1 400 /);
  await server.stop();
});

it('[E11] offers of another protocol with each request of a connection leave nothing behind', async () => {
  const server = await startServer();
  const listeners: number[] = [];
  server.app.getHttpServer().on('request', ({ socket }: IncomingMessage) => {
    listeners.push(socket.listenerCount('error') + socket.listenerCount('close'));
  });
  const pair = (last: string) =>
    ['', 'Upgrade: h2c\r\n'].map((offer) => `GET /health HTTP/1.1\r\nHost: x\r\n${offer}${last}\r\n`).join('');
  const upgrades = pair('Connection: Upgrade\r\n').repeat(30);
  const answer = await rawHttp(server.port, `${upgrades}${pair('Connection: close\r\n')}`);
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(61);
  expect(Math.max(...listeners)).toBeLessThan(20);
  await server.stop();
});

it('[E4] the setting selects the language without a supported Accept-Language', async () => {
  const server = await startServer({ DEFAULT_LANGUAGE: 'en' });
  expect((await http(`${server.url}/nothing`)).body).toEqual(errorResponse('NOT_FOUND', 'Resource not found'));
  await server.stop();
});

it('[E6] an internal error exposes no internals, and its log line has the request id', async () => {
  const database = await newDatabase();
  const server = await ServerProcess.start({ DATABASE_URL: database });
  await execute(database, 'DROP TABLE stats_totals');
  const answer = await http(`${server.url}/api/messages/stats`, { headers: { 'x-request-id': 'find-me' } });
  expect(answer.status).toBe(500);
  expect(answer.body).toEqual(errorResponse('INTERNAL_ERROR', 'Interner Serverfehler'));
  await server.line(/INTERNAL_ERROR request=find-me.*stats_totals/);
  await server.stop('SIGKILL');
});

it('[E7] without an answer from the database, the answer is 503 with Retry-After', async () => {
  const server = await startServer();
  await server.app.get(DataSource).destroy();
  for (const path of ['', '/recent', '/user/max', '/stats']) {
    const answer = await http(`${server.url}/api/messages${path}`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answer.body).toEqual(errorResponse('SERVICE_UNAVAILABLE'));
  }
  await server.stop();
});

it('[E8] neither answers nor logs repeat client input', async () => {
  const database = await newDatabase();
  const server = await ServerProcess.start({ DATABASE_URL: database, LOG_LEVEL: 'verbose' });
  const client = await ChatClient.open(server, '/ws?username=%00geheim');
  const frames = [
    { type: 'geheim' },
    { type: 'chat_message', username: 'geheim\u0000', message: 'x' },
    { type: 'chat_message', username: 'x', message: '\u0000geheim' },
    { type: 'chat_message', username: 'x', message: 'x', timestamp: 'geheim' },
    'geheim',
  ];
  for (const frame of frames) client.send(frame);
  const answers = await client.nextFrames(frames.length + 1);
  expect(answers.map((answer) => answer.type)).toEqual(answers.map(() => 'error'));
  client.sendMessage('geheim', 'ein geheimer Text');
  await client.nextOf('chat_message');
  const refused = await http(`${server.url}/api/messages?limit=geheim`);
  const missing = await http(`${server.url}/geheim`);
  expect(JSON.stringify([answers, refused.body, missing.body])).not.toContain('geheim');
  await execute(database, 'DROP TABLE stats_users');
  expect((await http(`${server.url}/api/messages/user/geheim`)).status).toBe(500);
  await server.line(/INTERNAL_ERROR/);
  await client.close();
  await server.stop();
  expect(server.lines.join('\n')).not.toContain('geheim');
});
