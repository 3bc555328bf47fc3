import { ChatClient } from './support/chat-client';
import { newDatabase, rowsOf } from './support/database';
import { holdAppends } from './support/hold-appends';
import { bodyOf, errorResponse, http, rawHttp } from './support/http';
import { RawReader } from './support/raw-reader';
import { startServer } from './support/server';
import { ServerProcess } from './support/server-process';

it.each(['SIGTERM', 'SIGINT'] as const)(
  '[S1] %s commits and delivers everything accepted, then closes with 1012',
  async (signal) => {
    const database = await newDatabase();
    const server = await ServerProcess.start({ DATABASE_URL: database });
    const [writer, reader] = [await ChatClient.open(server), await ChatClient.open(server)];
    for (let i = 0; i < 5000; i++) writer.sendMessage('max', String(i));
    await reader.nextOf('chat_message');
    server.child.kill(signal);
    expect(await reader.closed).toMatchObject({ code: 1012 });
    expect(await server.exited).toBe(0);
    const delivered = [
      '0',
      ...reader.received.filter((frame) => frame.type === 'chat_message').map((frame) => frame.message),
    ];
    const stored = await rowsOf(database, 'SELECT message FROM messages ORDER BY id');
    expect(stored.map(({ message }) => message)).toEqual(delivered);
    const refused = writer.received.filter((frame) => frame.type === 'error');
    expect(refused.every((frame) => String(frame.message).includes('wird gerade beendet'))).toBe(true);
  },
);

it('[S1] a client that breaks the protocol during the shutdown does not disturb it', async () => {
  const server = await ServerProcess.start({ DATABASE_URL: await newDatabase() });
  const { socket } = await RawReader.open(server.port);
  const notUtf8 = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]);
  socket.on('data', (data) => data.includes('going_away') && socket.write(notUtf8));
  server.child.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  await server.closed;
  expect(server.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

it('[S1] the shutdown is the same without a reader of the log', async () => {
  const server = await ServerProcess.start({ DATABASE_URL: await newDatabase() });
  const client = await ChatClient.open(server);
  server.child.stdout!.destroy();
  server.child.stderr!.destroy();
  server.child.kill('SIGTERM');
  expect(await client.closed).toMatchObject({ code: 1012 });
  expect(await server.exited).toBe(0);
});

it('[S2] while draining, new work is refused, and readiness reports it', async () => {
  const server = await startServer();
  const client = await ChatClient.open(server);
  const release = holdAppends(server);
  client.sendMessage('max', 'noch angenommen');
  await client.nextOf('user_joined');
  const stopped = server.stop();
  const ready = await http(`${server.url}/health/ready`);
  expect(ready).toMatchObject({ status: 503, body: { error: { websocket: { status: 'down', message: 'draining' } } } });
  expect((await http(`${server.url}/health/live`)).status).toBe(200);
  expect(await http(`${server.url}/api/messages`)).toMatchObject({
    status: 503,
    body: errorResponse('SERVICE_UNAVAILABLE', 'Dienst vorübergehend nicht verfügbar: der Server wird gerade beendet'),
  });
  const upgrade = await rawHttp(
    server.port,
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  expect(upgrade).toMatch(/^HTTP\/1\.1 503 /);
  expect(bodyOf(upgrade)).toEqual(errorResponse('SERVICE_UNAVAILABLE'));
  client.sendMessage('max', 'zu spät');
  expect((await client.nextOf('error')).message).toMatch(/wird gerade beendet$/);
  release();
  expect(await client.nextOf('chat_message')).toMatchObject({ message: 'noch angenommen' });
  expect(await client.closed).toMatchObject({ code: 1012 });
  await stopped;
});
