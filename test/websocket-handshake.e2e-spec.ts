import { ChatClient as TypedClient } from '@chat-system/client';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { ChatClient } from './support/chat-client';
import { bodyOf, errorResponse, http, rawHttp } from './support/http';
import { until } from './support/until';
import { startServer, type TestServer } from './support/server';

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const VERSION = 'Sec-WebSocket-Version: 13\r\n';
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';

let server: TestServer;
beforeAll(async () => (server = await startServer()));
afterAll(() => server.stop());

/** The first bytes of the answer to a request whose connection may stay open. */
async function firstAnswer(request: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(request);
  const [data] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return data.toString('latin1');
}

it.each([
  ['a slash at the end', 'GET /ws/', UPGRADE],
  ['a slash and a query', 'GET /ws/?x=1', UPGRADE],
  ['a target in absolute form', 'GET http://chat.example/ws', UPGRADE],
  ['a target in absolute form with a query', 'GET http://chat.example:8000/ws?x=1', UPGRADE],
  ['a wss target in absolute form', 'GET wss://chat.example/ws/', UPGRADE],
  ['several offers', 'GET /ws', 'Connection: keep-alive, Upgrade\r\nUpgrade: h2c, WebSocket\r\n'],
])('[W22] a handshake with %s succeeds', async (_what, start, offer) => {
  const answer = await firstAnswer(`${start} HTTP/1.1\r\nHost: x\r\n${offer}${VERSION}${KEY}\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 101 /);
});

it('[W22] the query of a target in absolute form is used', async () => {
  const other = await ChatClient.open(server);
  const eva = connect(server.port, '127.0.0.1');
  eva.write(`GET http://x/ws/?username=eva HTTP/1.1\r\nHost: x\r\n${UPGRADE}${VERSION}${KEY}\r\n`);
  expect(await other.nextOf('user_joined')).toMatchObject({ username: 'eva' });
  eva.destroy();
  await other.close();
});

it.each(['8', '12', '14', '013', 'x', undefined])(
  '[W23] version %s is refused with the supported version',
  async (version) => {
    const given = version === undefined ? '' : `Sec-WebSocket-Version: ${version}\r\n`;
    const answer = await rawHttp(server.port, `GET /ws HTTP/1.1\r\nHost: x\r\n${UPGRADE}${given}${KEY}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(answer).toMatch(/\r\nSec-WebSocket-Version: 13\r\n/);
    expect(answer).toMatch(/\r\nUpgrade: websocket\r\n/);
    expect(answer).toMatch(/\r\nConnection: Upgrade, close\r\n/);
    expect(bodyOf(answer)).toEqual(errorResponse('BAD_REQUEST', expect.stringMatching(/Version 13/)));
  },
);

it.each(['/ws', '/ws/', '/ws?username=eva'])('[W23] %s without an upgrade is 426', async (path) => {
  const answer = await rawHttp(
    server.port,
    `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
  expect(answer).toMatch(/\r\nUpgrade: websocket\r\n/i);
  expect(answer).toMatch(/\r\nConnection: Upgrade\r\n/i);
  const { headers, body } = await http(server.url + path, { headers: { 'accept-language': 'en' } });
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(body).toEqual(errorResponse('BAD_REQUEST', 'Bad request: only a WebSocket connection is possible here'));
});

it.each(['GET /ws HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 'GET /ws HTTP/1.0\r\n\r\n'])(
  '[W23] the connection ends behind it where its client wants that',
  async (request) => {
    const answer = await rawHttp(server.port, request);
    expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(answer).toMatch(/\r\nConnection: Upgrade, close\r\n/i);
  },
);

it.each([
  ['another method', `POST /ws HTTP/1.1\r\nHost: x\r\n${UPGRADE}${VERSION}${KEY}\r\n`],
  ['HTTP/1.0', `GET /ws HTTP/1.0\r\nHost: x\r\n${UPGRADE}${VERSION}${KEY}\r\n`],
  ['no key', `GET /ws HTTP/1.1\r\nHost: x\r\n${UPGRADE}${VERSION}\r\n`],
  ['a bad key', `GET /ws HTTP/1.1\r\nHost: x\r\n${UPGRADE}${VERSION}Sec-WebSocket-Key: x\r\n\r\n`],
  ['no Host', `GET /ws HTTP/1.1\r\n${UPGRADE}${VERSION}${KEY}\r\n`],
  ['two Hosts', `GET /ws HTTP/1.1\r\nHost: x\r\nHost: x\r\n${UPGRADE}${VERSION}${KEY}\r\n`],
  ['bytes that are not UTF-8', `GET /ws?username=J%F6rg HTTP/1.1\r\nHost: x\r\n${UPGRADE}${VERSION}${KEY}\r\n`],
  ['a broken encoding', `GET /ws?username=100% HTTP/1.1\r\nHost: x\r\n${UPGRADE}${VERSION}${KEY}\r\n`],
  ['a body', `GET /ws HTTP/1.1\r\nHost: x\r\n${UPGRADE}${VERSION}${KEY}Content-Length: 5\r\n\r\nhello`],
  [
    'a chunked body',
    `GET /ws HTTP/1.1\r\nHost: x\r\n${UPGRADE}${VERSION}${KEY}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'malformed subprotocols',
    `GET /ws HTTP/1.1\r\nHost: x\r\n${UPGRADE}${VERSION}${KEY}Sec-WebSocket-Protocol: ,\r\n\r\n`,
  ],
])('[W23] a handshake with %s is a 400 ErrorResponse', async (_what, request) => {
  const answer = await rawHttp(server.port, request);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(bodyOf(answer)).toEqual(errorResponse('BAD_REQUEST'));
});

it.each([
  ['a frame with a reserved bit', Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), 1002, 'protocol error'],
  ['invalid UTF-8', Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]), 1007, 'invalid UTF-8'],
  [
    'a message of too many fragments',
    Buffer.concat([Buffer.from([0x01, 0x80, 0, 0, 0, 0]), ...Array(70).fill(Buffer.from([0, 0x81, 0, 0, 0, 0, 0x20]))]),
    1008,
    'too many fragments or pieces',
  ],
  [
    'a frame that is too long',
    Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0, 0, 0]),
    1009,
    'message too big',
  ],
])('[W24] %s closes with a code and a reason', async (_what, frame, code, reason) => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`);
  await once(socket, 'open');
  (socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(frame);
  const [closeCode, text] = (await once(socket, 'close')) as [number, Buffer];
  expect([closeCode, text.toString()]).toEqual([code, reason]);
});

it('[W24] a page of another origin is closed with 1008 and its reason', async () => {
  const strict = await startServer({ ALLOWED_ORIGINS: 'https://chat.example' });
  const client = await ChatClient.open(strict, '/ws', { origin: 'https://evil.example' });
  expect(await client.closed).toEqual({ code: 1008, reason: 'origin not allowed' });
  await strict.stop();
});

it.each([
  [1008, 'origin not allowed', 'ended'],
  [1008, 'too many refused frames', 'waiting'],
  [4009, 'too many connections', 'waiting'],
  [1006, '', 'waiting'],
])('[W24] the client in packages/client after %p %s', async (code, reason, state) => {
  const peer = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  peer.on('connection', (socket) => (code === 1006 ? socket.terminate() : socket.close(code, reason)));
  await once(peer, 'listening');
  const chat = new TypedClient(`http://127.0.0.1:${(peer.address() as AddressInfo).port}`, { WebSocket });
  await until(() => chat.getSnapshot().state === state);
  const { retryAt } = chat.getSnapshot();
  if (state === 'ended') expect(retryAt).toBeUndefined();
  else expect(retryAt! - Date.now()).toBeLessThanOrEqual(30_000);
  await chat.close();
  peer.close();
});
