import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { OpenStreams } from '../src/chat/sse/open-streams';
import { MessageLog } from '../src/messages/log/message-log';
import { append } from './support/append';
import { ChatClient } from './support/chat-client';
import { newDatabase } from './support/database';
import { bodyOf, errorResponse, http, rawHttp } from './support/http';
import { RawReader } from './support/raw-reader';
import { startServer, type TestServer } from './support/server';
import { ServerProcess } from './support/server-process';
import { until } from './support/until';

const MIB = 1024 * 1024;

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
const CLOSE = 'Connection: close\r\n';

async function figure(server: { url: string }, name: string): Promise<number> {
  const { text } = await http(`${server.url}/metrics`);
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? 0);
}

const closedBy = (server: { url: string }, cause: string) =>
  figure(server, `chat_connections_closed_total{cause="${cause}"}`);

/** A client that sends a request and never reads. */
async function rude(port: number, request: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined).pause();
  socket.write(request);
  return socket;
}

const isOpen = async (server: TestServer) =>
  new Promise<number>((resolve) => {
    server.app.getHttpServer().getConnections((_error, count) => resolve(count));
  });

describe('one answer at a time', () => {
  let server: TestServer;
  const clients: Socket[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await server.stop();
  });
  const storeLong = (count: number) =>
    Promise.all(Array.from({ length: count }, () => append(server.app.get(MessageLog), 'max', 'x'.repeat(4000))));

  it('[E21] pipelined requests are all answered, in order', async () => {
    server = await startServer();
    await storeLong(90);
    const COUNT = 90;
    const paths = Array.from({ length: COUNT }, (_, i) => `/api/messages?limit=1&offset=${i}`);
    const requests = paths.map((path, i) => get(path, i === COUNT - 1 ? CLOSE : '')).join('');
    const answers = (await rawHttp(server.port, requests)).split(/(?=HTTP\/1\.1 200)/).map(bodyOf);
    expect(answers).toMatchObject(paths.map((_, i) => ({ offset: i, messages: [{ id: i + 1 }] })));
  });

  it('[E22] a body that continues after its answer ends the connection', async () => {
    server = await startServer();
    const client = connect(server.port, '127.0.0.1');
    clients.push(client);
    let answer = '';
    client.on('data', (data) => (answer += String(data))).on('error', () => undefined);
    client.write('GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n');
    await once(client, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect((await http(`${server.url}/health`)).status).toBe(200);
  });

  it('[E21] a pipelined body is read in its turn', async () => {
    server = await startServer();
    const body = JSON.stringify({ text: 'x'.repeat(10_000) });
    const post = `POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answers = (await rawHttp(server.port, post.repeat(20) + get('/health', CLOSE))).split(/(?=HTTP\/1\.1 )/);
    expect(answers.map((answer) => answer.slice(9, 12))).toEqual([...Array<string>(20).fill('404'), '200']);
  });

  it('[E21] a keep-alive client that pipelines in chunks gets every answer', async () => {
    server = await startServer();
    const client = connect(server.port, '127.0.0.1');
    clients.push(client);
    let text = '';
    client.on('data', (bytes) => (text += String(bytes)));
    const answered = () => text.split('HTTP/1.1 200').length - 1;
    let sent = 0;
    while (sent < 1000) {
      client.write(get('/health/live').repeat(50));
      sent += 50;
      await until(() => answered() >= sent - 25);
    }
    await until(() => answered() === 1000);
  });

  it('[E21] too many pipelined requests end the connection', async () => {
    server = await startServer();
    const client = await rude(server.port, get('/api/messages/stream') + get('/health/live').repeat(101));
    clients.push(client);
    await once(client.resume(), 'close');
    expect(await closedBy(server, 'pipelined')).toBe(1);
    await until(async () => [...server.app.get(OpenStreams)].length === 0 && (await isOpen(server)) <= 1);
    // The count ends with its connection: other connections are unaffected.
    for (let i = 0; i < 60; i++) {
      const next = await rude(server.port, get('/api/messages/stream') + get('/health/live').repeat(99));
      await once(next.resume(), 'data');
      next.destroy();
    }
    await until(async () => (await isOpen(server)) <= 1);
    expect(await rawHttp(server.port, get('/health') + get('/health', CLOSE))).toMatch(/200[^]*200/);
    expect(await closedBy(server, 'pipelined')).toBe(1);
  });

  it.each([
    ['a list', '/api/messages?limit=1000'],
    ['a file', '/docs/swagger-ui-bundle.js'],
  ])('[E22] %s that is not read in time ends the connection', async (_what, path) => {
    server = await startServer({ STALLED_READER_SECONDS: '1' });
    await storeLong(250);
    const client = await rude(server.port, get(path).repeat(30));
    clients.push(client);
    await until(async () => (await closedBy(server, 'stalled')) === 1);
    await until(async () => (await isOpen(server)) <= 1);
  });

  it('[E22] a trickling reader is cut off, a moderately fast one receives everything', async () => {
    server = await startServer({ STALLED_READER_SECONDS: '2' });
    await storeLong(250);
    let isOver = false;
    const read = async (bytesAtATime: number) => {
      const client = await rude(server.port, get('/api/messages?limit=1000').repeat(15) + get('/health', CLOSE));
      clients.push(client);
      let bytes = 0;
      let last = '';
      while (!isOver && !last.includes('"status":"healthy"')) {
        const chunk = client.read(Math.min(bytesAtATime, client.readableLength)) as Buffer | null;
        bytes += chunk?.length ?? 0;
        if (chunk) last = (last + String(chunk)).slice(-1000);
        await delay(10);
      }
      return bytes;
    };
    const trickle = read(100);
    const fair = await read(256 * 1024);
    await until(async () => (await closedBy(server, 'stalled')) === 1);
    isOver = true;
    expect(await trickle).toBeLessThan(8 * MIB);
    expect(fair).toBeGreaterThan(14 * MIB);
  });

  it('[E22] an incomplete request is refused in time, and a silent connection is closed', async () => {
    server = await startServer();
    const node = server.app.getHttpServer();
    expect([node.headersTimeout, node.requestTimeout]).toEqual([10_000, 30_000]);
    node.headersTimeout = 300;
    node.requestTimeout = 600;
    const stream = connect(server.port, '127.0.0.1');
    clients.push(stream);
    stream.write(`${get('/api/messages/stream')}GET /health HTTP/1.1\r\nHo`);
    await once(stream, 'data');
    const head = 'POST /health HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n';
    const slow = 'GET /health HTTP/1.1\r\nHo';
    const answers = await Promise.all(
      ['', slow, get('/health') + slow, `${head}"`].map((request) => rawHttp(server.port, request)),
    );
    const [silent, halfHead, second, halfBody] = answers.map((answer) => answer.split(/(?=HTTP\/1\.1 )/));
    expect(silent).toEqual(['']);
    expect(halfHead![0]).toMatch(/^HTTP\/1\.1 408 /);
    expect(bodyOf(halfHead![0]!)).toEqual(errorResponse('BAD_REQUEST', expect.stringContaining('rechtzeitig')));
    expect(second!.map((answer) => answer.slice(9, 12))).toEqual(['200', '408']);
    expect(halfBody!.length).toBeLessThanOrEqual(1);
    // A request pipelined after an open answer is not read, so it cannot time out.
    expect(stream.destroyed).toBe(false);
    await append(server.app.get(MessageLog), 'max', 'hallo');
    await once(stream, 'data');
  });
});

describe('memory', () => {
  let child: ServerProcess;
  afterEach(() => child.stop('SIGKILL'));

  it('[L15] stays bounded while clients do not read, and others barely notice', async () => {
    child = await ServerProcess.start({ DATABASE_URL: await newDatabase() });
    const [writer] = await ChatClient.hello(child, { username: 'max' });
    const roundTrip = async (id: string, message: string) => {
      const begun = performance.now();
      writer.sendV2Message(id, message);
      await writer.nextOf('chat_message');
      return performance.now() - begun;
    };
    for (let sent = 0; sent < 1000; sent += 100) {
      for (let i = 0; i < 100; i++) writer.sendV2Message(String(sent + i), '😀'.repeat(4000));
      for (let i = 0; i < 100; i++) await writer.nextOf('chat_message');
    }
    const before = child.residentBytes();
    const lists = get('/api/messages?limit=1000');
    const clients = await Promise.all([
      ...[30, 30, 30, 80].map((count) => rude(child.port, lists.repeat(count))),
      ...Array.from({ length: 20 }, (_, i) => rude(child.port, get(`/api/messages/stream?after=${i}`))),
      ...Array.from({ length: 20 }, async (_, i) => {
        const reader = await RawReader.open(child.port, { after: i * 30 });
        reader.stopReading();
        return reader.socket;
      }),
    ]);
    let largest = 0;
    let slowest = 0;
    for (let i = 0; i < 100; i++) {
      slowest = Math.max(slowest, await roundTrip(`r${i}`, 'hallo'));
      largest = Math.max(largest, child.residentBytes());
      await delay(20);
    }
    for (const client of clients) client.destroy();
    expect(largest - before).toBeLessThan(150 * MIB);
    expect(slowest).toBeLessThan(3_000);
  });
});
