import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { ChatClient } from './support/chat-client';
import { newDatabase } from './support/database';
import { bodyOf, errorResponse, http, rawHttp } from './support/http';
import { startServer, type TestServer } from './support/server';
import { ServerProcess } from './support/server-process';
import { until } from './support/until';

const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** Opens a connection; `received` returns everything received so far. */
function listen(port: number): { socket: Socket; received: () => string } {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  let received = '';
  socket.on('data', (data) => (received += data.toString('latin1')));
  return { socket, received: () => received };
}

/** The status codes, in order of arrival. */
function statuses(raw: string): string[] {
  return Array.from(raw.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => status!);
}

describe('requests refused before any route', () => {
  let server: TestServer;
  beforeAll(async () => (server = await startServer()));
  afterAll(() => server.stop());

  it.each([
    ['no Host', 'GET /health HTTP/1.1\r\n', 400, 'BAD_REQUEST'],
    ['two Hosts', 'GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n', 400, 'BAD_REQUEST'],
    ['an invalid Host', 'GET /health HTTP/1.1\r\nHost: a/b\r\n', 400, 'BAD_REQUEST'],
    ['two names in Host', 'GET /health HTTP/1.1\r\nHost: a, b\r\n', 400, 'BAD_REQUEST'],
    ['an unknown expectation', 'GET /health HTTP/1.1\r\nHost: x\r\nExpect: foo\r\n', 417, 'BAD_REQUEST'],
    [
      'an unknown coding',
      'GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n',
      400,
      'BAD_REQUEST',
    ],
    [
      'a coding in two headers',
      'GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n',
      400,
      'BAD_REQUEST',
    ],
    [
      'a body chunked twice',
      'GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n',
      400,
      'BAD_REQUEST',
    ],
    ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n', 404, 'NOT_FOUND'],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\n', 404, 'NOT_FOUND'],
  ])('[E12] %s is an ErrorResponse', async (_what, head, status, code) => {
    const answer = await rawHttp(server.port, `${head}Connection: close\r\n\r\n`);
    expect(statuses(answer)).toEqual([String(status)]);
    expect(bodyOf(answer)).toEqual(errorResponse(code));
  });

  it.each([
    ['HTTP/1.0 without Host', 'GET /health HTTP/1.0\r\n'],
    ['an empty Host', 'GET /health HTTP/1.1\r\nHost:\r\n'],
    ['a chunked body in capitals', 'GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: CHUNKED\r\n'],
    ['an address with a port', 'GET /health HTTP/1.1\r\nHost: [::1]:8000\r\n'],
    ['a target in absolute form', 'GET http://chat.example/health HTTP/1.1\r\nHost: x\r\n'],
  ])('[E12] %s is accepted', async (_what, head) => {
    const answer = await rawHttp(server.port, `${head}Connection: close\r\n\r\n`);
    expect(statuses(answer)).toEqual(['200']);
    expect(bodyOf(answer)).toMatchObject({ status: 'healthy' });
  });

  it('[E12] 100-continue is answered before the request', async () => {
    const head = 'POST /nothing HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 0\r\n';
    expect(statuses(await rawHttp(server.port, `${head}Connection: close\r\n\r\n`))).toEqual(['100', '404']);
  });

  it.each([
    ['unparsable HTTP', 'nonsense\r\n\r\n'],
    ['oversized headers', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n'],
    ['a refused upgrade', HANDSHAKE.replace('/ws', '/nothing')],
    ['a bad handshake', HANDSHAKE.replace('Version: 13', 'Version: 12')],
    ['no Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ])('[E13] the answer to %s has the usual headers', async (_what, request) => {
    const [head = ''] = (await rawHttp(server.port, request)).split('\r\n\r\n', 1);
    const { headers } = await http(`${server.url}/nothing`);
    for (const name of ['content-security-policy', 'x-content-type-options', 'x-frame-options', 'referrer-policy']) {
      expect(head.toLowerCase()).toContain(`\r\n${name}: ${headers.get(name)!.toLowerCase()}`);
    }
    expect(head).toMatch(/\r\nX-Request-Id: [0-9a-f-]{36}/);
    expect(head).not.toMatch(/x-powered-by/i);
  });

  it('[E13] a refused upgrade keeps its request id, and HEAD has no body', async () => {
    const request = HANDSHAKE.replace('GET', 'HEAD').replace('Host: x', 'Host: x\r\nX-Request-Id: proxy-1');
    const answer = await rawHttp(server.port, request);
    expect(statuses(answer)).toEqual(['400']);
    expect(answer).toContain('\r\nX-Request-Id: proxy-1\r\n');
    expect(answer).toMatch(/\r\n\r\n$/);
  });

  it('[E12] requests after a refused one get no answer', async () => {
    const { socket, received } = listen(server.port);
    socket.write('nonsense\r\n\r\n');
    await once(socket, 'data');
    for (let i = 0; i < 20; i++) socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'close');
    expect(statuses(received())).toEqual(['400']);
  });
});

describe('answers on one connection', () => {
  let server: TestServer;
  beforeEach(async () => (server = await startServer()));
  afterEach(() => server.stop());

  const list = 'GET /api/messages?limit=1000 HTTP/1.1\r\nHost: x\r\n\r\n';

  it('[E14] an upgrade after pipelined requests is answered after them, and works', async () => {
    const writer = await ChatClient.open(server);
    for (let i = 0; i < 250; i++) writer.sendMessage('max', 'x'.repeat(4000));
    for (let i = 0; i < 250; i++) await writer.nextOf('chat_message');
    const { socket, received } = listen(server.port);
    socket.write(list + list + HANDSHAKE);
    await until(() => statuses(received()).length === 3);
    expect(statuses(received())).toEqual(['200', '200', '101']);
    const bodies = received().split(/HTTP\/1\.1 \d+ .*?\r\n\r\n/s);
    for (const body of bodies.slice(1, 3)) expect((JSON.parse(body) as { messages: [] }).messages).toHaveLength(250);
    writer.sendMessage('max', 'danach');
    await until(() => received().includes('danach'));
    // A ping with an all-zero mask.
    socket.write(Buffer.from([0x89, 0x80, 0, 0, 0, 0]));
    await until(() => received().endsWith('\x8a\0'));
    socket.destroy();
  });

  it.each([
    ['garbage', 'nonsense\r\n\r\n', '400'],
    ['a refused upgrade', HANDSHAKE.replace('/ws', '/nothing'), '404'],
    ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n', '404'],
    ['oversized headers', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    [
      'an offer of another protocol',
      'GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n',
      '404',
    ],
  ])('[E14] %s after pipelined requests is answered after them', async (_what, request, status) => {
    const answer = await rawHttp(server.port, list + list + request);
    expect(statuses(answer)).toEqual(['200', '200', status]);
  });

  it('[E14] an invalid body of an answered request gets no second answer', async () => {
    const request = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    const { socket, received } = listen(server.port);
    socket.write(request);
    await until(() => received().includes('NOT_FOUND'));
    socket.write('nonsense\r\n');
    await once(socket, 'close');
    expect(statuses(received())).toEqual(['404']);
  });

  it('[E14] bytes after the last request of a connection do not truncate its answer', async () => {
    const answer = await rawHttp(server.port, `${list.slice(0, -2)}Connection: close\r\n\r\nnonsense\r\n\r\n`);
    expect(bodyOf(answer)).toMatchObject({ messages: [] });
  });

  it.each([
    ['garbage', 'nonsense\r\n\r\n'],
    ['an upgrade', HANDSHAKE],
  ])('[E14] %s after an open event stream ends it without further output', async (_what, request) => {
    const { socket, received } = listen(server.port);
    socket.write('GET /api/messages/stream HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => received().includes('\r\n\r\n'));
    socket.write(request);
    await once(socket, 'close');
    expect(statuses(received())).toEqual(['200']);
  });
});

it('[E15] an idle connection is kept for KEEP_ALIVE_SECONDS, as its headers state', async () => {
  const byDefault = await startServer();
  expect((await http(`${byDefault.url}/health`)).headers.get('keep-alive')).toBe('timeout=75');
  await byDefault.stop();
  const server = await startServer({ KEEP_ALIVE_SECONDS: '1' });
  const { socket, received } = listen(server.port);
  socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'close');
  expect(received()).toMatch(/\r\nKeep-Alive: timeout=1\r\n/);
  expect(statuses(received())).toEqual(['200']);
  await server.stop();
});

it('[E5] a request that is not complete in time is 408', async () => {
  const server = await startServer({ KEEP_ALIVE_SECONDS: '1' });
  const answer = await rawHttp(server.port, 'GET /health HTTP/1.1\r\nHost');
  expect(statuses(answer)).toEqual(['408']);
  expect(bodyOf(answer)).toEqual(errorResponse('BAD_REQUEST'));
  await server.stop();
});

it.each(['*', 'https://chat.example'])(
  '[E16] pages can read the exposed headers, with ALLOWED_ORIGINS=%s',
  async (origins) => {
    const server = await startServer({ ALLOWED_ORIGINS: origins });
    const headers = { origin: 'https://chat.example' };
    const { headers: answer } = await http(`${server.url}/api/messages`, { headers });
    expect(answer.get('access-control-expose-headers')).toBe(
      'X-Request-Id,Retry-After,RateLimit,RateLimit-Policy,Link,Chat-Epoch',
    );
    expect(answer.get('vary')).toBe(origins === '*' ? null : 'Origin');
    const preflight = await http(`${server.url}/api/messages`, {
      method: 'OPTIONS',
      headers: { ...headers, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-request-id' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('x-request-id');
    expect(preflight.headers.get('access-control-max-age')).toBe('7200');
    await server.stop();
  },
);

describe('the access log', () => {
  const access = (server: ServerProcess) =>
    server.lines
      .map((line) => JSON.parse(line) as { context: string; message: string })
      .filter(({ context }) => context === 'Access')
      .map(({ message }) => message);

  it('[E17] has a line for each request and connection, without names, queries and probes', async () => {
    const server = await ServerProcess.start({
      DATABASE_URL: await newDatabase(),
      ACCESS_LOG: 'on',
      TRUST_PROXY: 'true',
    });
    const ask = (path: string, headers = {}) =>
      http(server.url + path, { headers: { 'x-request-id': 'r-1', ...headers } });
    await ask('/api/messages/user/geheim?limit=1&token=geheim');
    await ask('/geheim');
    await ask('/chat.js');
    await ask('/health/ready', { 'x-forwarded-for': 'geheim' });
    await ask('/status', { 'x-forwarded-for': '203.0.113.7' });
    const client = await ChatClient.open(server, '/ws?username=geheim&token=geheim', {
      headers: { 'x-request-id': 'r-2' },
    });
    client.sendMessage('geheim', 'geheim');
    await client.nextOf('chat_message');
    await client.close();
    await rawHttp(server.port, HANDSHAKE.replace('/ws', '/geheim'));
    await server.line(/WebSocket refused/);
    await server.stop();
    const common = 'request=r-1 client=';
    expect(access(server)).toEqual([
      expect.stringMatching(new RegExp(`^GET /api/messages/user/:username 200 \\d+ ms \\d+ bytes ${common}127.0.0.1$`)),
      expect.stringMatching(new RegExp(`^GET none 404 \\d+ ms \\d+ bytes ${common}127.0.0.1$`)),
      expect.stringMatching(new RegExp(`^GET /chat.js 200 \\d+ ms \\d+ bytes ${common}127.0.0.1$`)),
      expect.stringMatching(new RegExp(`^GET /status 200 \\d+ ms \\d+ bytes ${common}203.0.113.7$`)),
      'WebSocket v1 opened request=r-2 client=127.0.0.1',
      'WebSocket closed 1005 after 0 s request=r-2 client=127.0.0.1',
      expect.stringMatching(/^WebSocket refused 404 request=[0-9a-f-]{36} client=127.0.0.1$/),
    ]);
    expect(server.lines.join('\n')).not.toContain('geheim');
  });

  it('[E17] is off by default', async () => {
    const server = await ServerProcess.start({ DATABASE_URL: await newDatabase() });
    await http(`${server.url}/status`);
    await (await ChatClient.open(server)).close();
    await server.stop();
    expect(access(server)).toEqual([]);
  });
});

it('[E8] no content of a refused request is logged', async () => {
  const server = await ServerProcess.start({ DATABASE_URL: await newDatabase(), LOG_LEVEL: 'verbose' });
  const requests = [
    'geheim\r\n\r\n',
    'GET /geheim HTTP/1.1\r\nHost: geheim\r\nHost: geheim\r\nConnection: close\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nExpect: geheim\r\nConnection: close\r\n\r\n',
    'CONNECT geheim:443 HTTP/1.1\r\nHost: geheim\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json; charset=geheim\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
    HANDSHAKE.replace('/ws', '/geheim'),
    HANDSHAKE.replace('Host: x', 'Host: x\r\nSec-WebSocket-Protocol: geheim,,geheim'),
    `${HANDSHAKE}geheim geheim geheim`,
  ];
  for (const request of requests) {
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    socket.end(request);
    await text(socket);
  }
  await server.stop();
  expect(server.lines.join('\n')).not.toContain('geheim');
});
