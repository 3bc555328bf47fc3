import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ChatClient } from './support/chat-client';
import { newDatabase } from './support/database';
import { http } from './support/http';
import { RawReader } from './support/raw-reader';
import { startServer } from './support/server';
import { ServerProcess } from './support/server-process';
import { until } from './support/until';

// A stalled reader delays the end by the whole grace period.
jest.setTimeout(60_000);

/** A reader that does not read, with megabytes unsent. */
async function stalledReader(server: ServerProcess): Promise<ChatClient> {
  const [writer, stalled] = [await ChatClient.open(server), await ChatClient.open(server)];
  stalled.socket.pause();
  for (let round = 0; round < 30; round++) {
    for (let i = 0; i < 100; i++) writer.sendMessage('max', 'x'.repeat(4000));
    for (let i = 0; i < 100; i++) await writer.nextOf('chat_message');
  }
  return stalled;
}

const SLOW_READERS_ALLOWED = { SLOW_CONSUMER_BYTES: '1073741824' };

it('[S3] a stalled reader is cut off, and the exit code is 0', async () => {
  const environment = { ...SLOW_READERS_ALLOWED, SHUTDOWN_GRACE_SECONDS: '6' };
  const server = await ServerProcess.start({ ...environment, DATABASE_URL: await newDatabase() });
  await stalledReader(server);
  expect(await server.stop()).toBe(0);
  await server.line(/cut off 1 connections/);
});

it.each([
  ['nothing', ''],
  ['half a request', 'GET /health/live HTTP/1.1\r\n'],
])('[S3] a client that sends %s does not delay the end', async (_what, sent) => {
  const server = await ServerProcess.start({ DATABASE_URL: await newDatabase() });
  const silent = connect(server.port, '127.0.0.1');
  await once(silent, 'connect');
  silent.write(sent);
  // Accepted before the connection of this answered request.
  expect((await http(`${server.url}/health/live`)).status).toBe(200);
  const ended = text(silent);
  expect(await server.stop()).toBe(0);
  expect(await ended).toBe('');
});

it('[S6] readers that keep up are closed at once, despite stalled ones', async () => {
  const environment = { ...SLOW_READERS_ALLOWED, SHUTDOWN_GRACE_SECONDS: '20' };
  const server = await ServerProcess.start({ ...environment, DATABASE_URL: await newDatabase() });
  await stalledReader(server);
  const stream = connect(server.port, '127.0.0.1');
  stream.write('GET /api/messages/stream?after=0 HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(stream, 'readable');
  const [v1, [v2]] = [await ChatClient.open(server), await ChatClient.hello(server)];
  const signalled = performance.now();
  server.child.kill('SIGTERM');
  expect(await v1.closed).toMatchObject({ code: 1012 });
  expect(await v2.closed).toMatchObject({ code: 1012 });
  expect(performance.now() - signalled).toBeLessThan(15_000);
  expect(v2.received.at(-1)).toEqual({ type: 'going_away', reconnect_after_ms: expect.any(Number) });
  // Stalled readers have until the end of the grace period.
  expect(server.child.exitCode).toBeNull();
  expect(await server.exited).toBe(0);
  await server.line(/cut off \d+ connections/);
  stream.destroy();
}, 120_000);

it('[S6] a client that has everything but does not answer the close is not waited for to the end', async () => {
  const environment = { SHUTDOWN_GRACE_SECONDS: '3600' };
  const server = await ServerProcess.start({ ...environment, DATABASE_URL: await newDatabase() });
  // RawReader does not answer close frames.
  await RawReader.open(server.port);
  expect(await server.stop()).toBe(0);
});

it('[S4] a second signal ends the process at once', async () => {
  const environment = { ...SLOW_READERS_ALLOWED, SHUTDOWN_GRACE_SECONDS: '3600' };
  const server = await ServerProcess.start({ ...environment, DATABASE_URL: await newDatabase() });
  await stalledReader(server);
  server.child.kill('SIGTERM');
  // Signals in quick succession count as one: a terminal's Ctrl-C can arrive twice.
  const again = setInterval(() => server.child.kill('SIGTERM'), 50);
  expect(await server.exited).toBe(1);
  clearInterval(again);
});

it.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('[S5] %s during the start ends the process at once', async (signal, code) => {
  const server = ServerProcess.spawn({ DATABASE_URL: 'postgres://postgres@127.0.0.1:1/chat' });
  await server.line(/waiting up to 30 s for the database/);
  server.child.kill(signal);
  // An exit, not a death by signal: process 1 receives only signals that it handles.
  expect(await server.exited).toBe(code);
});

it('[S2] an upgrade completed at the very end is refused, too', async () => {
  const server = await startServer({ SHUTDOWN_GRACE_SECONDS: '600' });
  const client = await ChatClient.open(server);
  const late = connect(server.port, '127.0.0.1');
  await once(late, 'connect');
  // Half a request: an idle connection would be closed with the others.
  late.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
  const stopped = server.stop();
  await client.closed;
  await until(() => isRefused(server.port));
  late.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
  let answer = '';
  for await (const chunk of late) answer += String(chunk);
  expect(answer).toMatch(/^HTTP\/1\.1 503 /);
  await stopped;
});

function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });
}
