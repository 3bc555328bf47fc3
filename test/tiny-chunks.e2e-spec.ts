import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ChatClient } from './support/chat-client';
import { newDatabase } from './support/database';
import { http, rawHttp } from './support/http';
import { startServer, type TestServer } from './support/server';
import { ServerProcess } from './support/server-process';
import { until } from './support/until';

const MIB = 1024 * 1024;
const HEAD = 'POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n';
const TINY_CHUNKS = Buffer.from('1\r\nx\r\n'.repeat(10_000));

async function closedBy(server: { url: string }, cause: string): Promise<number> {
  const { text } = await http(`${server.url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
  return Number(new RegExp(`chat_connections_closed_total{cause="${cause}"} (\\d+)`).exec(text)?.[1] ?? 0);
}

async function offend(port: number, head: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(head);
  socket.write(TINY_CHUNKS);
  await closed;
}

/** Sends an endless body, and reconnects whenever it is cut off. */
class Rude {
  private socket: Socket | undefined;
  private isOver = false;

  constructor(private readonly port: number) {
    this.connect();
  }

  end(): void {
    this.isOver = true;
    this.socket?.destroy();
  }

  private connect(): void {
    if (this.isOver) return;
    const socket = (this.socket = connect(this.port, '127.0.0.1'));
    const write = () => {
      if (socket.writable) socket.write(TINY_CHUNKS);
    };
    socket.on('error', () => undefined).on('drain', write);
    socket.on('close', () => setImmediate(() => this.connect()));
    socket.resume().write(`${HEAD}\r\n`);
    write();
  }
}

describe('bodies in tiny chunks', () => {
  let child: ServerProcess;
  afterEach(() => child.stop('SIGKILL'));

  it.each([5, 60])('[L26] on %i connections cost others little time, and no memory', async (count) => {
    child = await ServerProcess.start({ DATABASE_URL: await newDatabase(), LIMITS: 'on' });
    const [writer] = await ChatClient.hello(child, { username: 'max' });
    const roundTrip = async (id: string) => {
      const begun = performance.now();
      writer.sendV2Message(id, 'hallo');
      await writer.nextOf('ack');
      return performance.now() - begun;
    };
    for (let i = 0; i < 20; i++) await roundTrip(`q${i}`);
    const before = child.residentBytes();
    const rude = Array.from({ length: count }, () => new Rude(child.port));
    const trips: number[] = [];
    let largest = 0;
    for (let i = 0; i < 60; i++) {
      trips.push(await roundTrip(`r${i}`));
      largest = Math.max(largest, child.residentBytes());
      await delay(50);
    }
    for (const one of rude) one.end();
    expect(largest - before).toBeLessThan(80 * MIB);
    expect(trips.sort((a, b) => a - b)[57]).toBeLessThan(300);
  });
});

describe('tiny chunks', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  it('[L26] end the connection and put the address into debt; it is let in when it has paid', async () => {
    // Two requests use up the budget of the address, and each body costs two seconds more.
    server = await startServer({ LIMITS: 'on', HTTP_RATE: '60' });
    for (let i = 0; i < 12; i++) await offend(server.port, `${HEAD}\r\n`);
    const begun = performance.now();
    const alive = () =>
      rawHttp(server.port, 'GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n').catch(() => 'reset');
    expect(await alive()).toBe('reset');
    expect(performance.now() - begun).toBeGreaterThan(900);
    await until(async () => (await alive()).startsWith('HTTP/1.1 200'));
    expect(await closedBy(server, 'in_debt')).toBeGreaterThan(0);
  });

  it('[L26] of a client behind a trusted proxy end the connection alone', async () => {
    server = await startServer({ LIMITS: 'on', HTTP_RATE: '60', TRUST_PROXY: 'loopback' });
    for (let i = 0; i < 40; i++) {
      await offend(server.port, `${HEAD}X-Forwarded-For: 203.0.113.6\r\n\r\n`);
    }
    expect(await closedBy(server, 'chunks')).toBe(40);
    expect(await closedBy(server, 'in_debt')).toBe(0);
  });

  it('[L26] that are few may be small', async () => {
    server = await startServer({ LIMITS: 'on' });
    const body = `${'1\r\n \r\n'.repeat(60)}2\r\n{}\r\n0\r\n\r\n`;
    const answer = await rawHttp(
      server.port,
      `${HEAD}Content-Type: application/json\r\nConnection: close\r\n\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(await closedBy(server, 'chunks')).toBe(0);
  });

  it('[L27] what follows a handshake at once is read in its order, however much it is', async () => {
    server = await startServer();
    const [reader] = await ChatClient.hello(server);
    const frame = (text: string) => {
      const payload = Buffer.from(JSON.stringify({ type: 'chat_message', username: 'max', message: text }));
      return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
    };
    const COUNT = 60;
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      Buffer.concat([
        Buffer.from(
          'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
            'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
        ),
        ...Array.from({ length: COUNT }, (_, i) => frame(String(i))),
      ]),
    );
    const texts: unknown[] = [];
    while (texts.length < COUNT) texts.push((await reader.nextOf('chat_message')).message);
    expect(texts).toEqual(Array.from({ length: COUNT }, (_, i) => String(i)));
    socket.destroy();
  });
});
