import { connect } from 'node:net';
import { ChatClient, type Frame } from './support/chat-client';
import { RawReader } from './support/raw-reader';
import { execute, newChatDatabase, newDatabase } from './support/database';
import { startServer } from './support/server';
import { ServerProcess } from './support/server-process';
import { until } from './support/until';

// A slow reader has to outlive several heartbeats.
jest.setTimeout(60_000);

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const ids = (frames: Frame[]) => frames.filter(({ type }) => type === 'chat_message').map(({ id }) => id);

describe('slow readers', () => {
  let child: ServerProcess;
  const startChild = async (settings: Record<string, string>) => {
    child = await ServerProcess.start({ DATABASE_URL: await newDatabase(), ...settings });
  };
  afterEach(() => child.stop('SIGKILL'));

  it.each([
    ['full', '65536', '3', 'stalled'],
    ['behind', '67108864', '60', 'silent'],
  ])(
    '[L8] a reader that is %s but keeps reading survives missed pings, a stalled one does not',
    async (_state, limit, stalledSeconds, cause) => {
      // Messages for 16 s at the rate of `readSlowly`, of which the kernel may hold 3 s; five pings take 5 s.
      const COUNT = 12_000;
      await startChild({
        DATABASE_URL: await databaseOf(COUNT),
        HEARTBEAT_SECONDS: '1',
        STALLED_READER_SECONDS: stalledSeconds,
        SLOW_CONSUMER_BYTES: limit,
        REPLAY_LIMIT: String(COUNT),
      });
      const [witness] = await ChatClient.hello(child);
      const slow = await RawReader.open(child.port, { after: 0 });
      slow.readSlowly();
      let pings = 0;
      witness.socket.on('ping', () => pings++);
      await until(() => pings >= 5);
      const closed = `chat_connections_closed_total{cause="${cause}"}`;
      expect(await figure(child, closed)).toBe(0);
      expect(slow.bytes).toBeLessThan(COUNT * 4000);
      slow.stopReading();
      await until(async () => (await figure(child, closed)) === 1);
      slow.socket.destroy();
    },
  );

  it('[V7] replays wait while the database cannot be read, with one log line for all of them', async () => {
    const database = await newDatabase();
    const before = await startServer({ DATABASE_URL: database });
    const writer = await ChatClient.open(before);
    for (let i = 0; i < 100; i++) writer.sendMessage('max', 'hallo');
    for (let i = 0; i < 100; i++) await writer.nextOf('chat_message');
    await before.stop();
    await startChild({ DATABASE_URL: database });
    await execute(database, 'ALTER TABLE messages RENAME TO elsewhere');
    const readers = await Promise.all(Array.from({ length: 50 }, () => ChatClient.hello(child, { after: 0 })));
    await until(async () => (await figure(child, 'chat_faults_total{where="replay"}')) >= 3);
    await execute(database, 'ALTER TABLE elsewhere RENAME TO messages');
    for (const [reader] of readers) expect(ids(await reader.nextFrames(100))).toEqual(range(1, 100));
    await child.line(/the database can be read again/);
    expect(child.lines.filter((line) => line.includes('replays wait for the database'))).toHaveLength(1);
  });

  it('[V16] closes a reader that does not take its backlog within STALLED_READER_SECONDS', async () => {
    await startChild({ STALLED_READER_SECONDS: '1', SLOW_CONSUMER_BYTES: '65536' });
    const [stalled] = await ChatClient.hello(child);
    const writer = await ChatClient.open(child);
    stalled.socket.pause();
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 100; i++) writer.sendMessage('max', 'x'.repeat(4000));
      for (let i = 0; i < 100; i++) await writer.nextOf('chat_message');
    }
    await child.line(/closed a reader that did not drain its backlog within 1 s/);
    stalled.socket.resume();
    expect(await stalled.closed).toMatchObject({ code: 4008 });
    const seen = ids(stalled.received);
    expect(seen).toEqual(range(1, seen.length));
  });

  it('[V23] answers the pings of a reader that was too slow when nothing is missing any more', async () => {
    // More than the buffers of the system hold.
    const COUNT = 2_500;
    const database = await newDatabase();
    await startChild({ DATABASE_URL: database, SLOW_CONSUMER_BYTES: '65536', REPLAY_LIMIT: String(COUNT) });
    const [slow] = await ChatClient.hello(child);
    const writer = await ChatClient.open(child);
    slow.socket.pause();
    for (let sent = 0; sent < COUNT; sent += 500) {
      for (let i = 0; i < 500; i++) writer.sendMessage('max', 'x'.repeat(4000));
      for (let i = 0; i < 500; i++) await writer.nextOf('chat_message');
    }
    expect(await figure(child, 'chat_catch_ups_total{reason="slow"}')).toBeGreaterThan(0);
    await execute(database, 'ALTER TABLE messages RENAME TO elsewhere');
    slow.socket.resume();
    for (let ping = 0; ping < 3; ping++) slow.send({ type: 'ping' });
    await until(async () => (await figure(child, 'chat_faults_total{where="replay"}')) >= 2);
    await execute(database, 'ALTER TABLE elsewhere RENAME TO messages');
    const frames: Frame[] = [];
    while (frames.filter(({ type }) => type === 'pong').length < 3) frames.push(await slow.next());
    expect(ids(frames)).toEqual(range(1, COUNT));
    expect(frames.slice(-3)).toMatchObject(Array(3).fill({ type: 'pong', last_id: COUNT }));
  });

  it('[V16] closes a trickling reader, on a socket and on an event stream', async () => {
    await startChild({
      DATABASE_URL: await databaseOf(4_000),
      STALLED_READER_SECONDS: '2',
      SLOW_CONSUMER_BYTES: '65536',
    });
    const reader = await RawReader.open(child.port, { after: 0 });
    const stream = connect(child.port, '127.0.0.1').on('error', () => undefined);
    stream.write('GET /api/messages/stream?after=0 HTTP/1.1\r\nHost: x\r\n\r\n');
    reader.stopReading();
    const trickle = setInterval(() => {
      for (const socket of [reader.socket, stream]) socket.read(Math.min(250, socket.readableLength));
    }, 100);
    await until(async () => (await figure(child, 'chat_connections_closed_total{cause="stalled"}')) === 2);
    clearInterval(trickle);
    reader.socket.destroy();
    stream.destroy();
  });

  it('[V10] stalled readers cost others nothing, and receive every message when they read again', async () => {
    // The second half of the messages for all stalled readers exceeds the allowed growth of memory.
    const COUNT = 10_000;
    const STALLED = 20;
    const TEXT = 'x'.repeat(1000);
    await startChild({ REPLAY_LIMIT: '1000000', STALLED_READER_SECONDS: '3600', HEARTBEAT_SECONDS: '3600' });
    const readers = await Promise.all(Array.from({ length: 90 }, () => RawReader.open(child.port)));
    const stalled: ChatClient[] = [];
    for (let i = 0; i < STALLED; i++) stalled.push((await ChatClient.hello(child))[0]);
    for (const { socket } of stalled) socket.pause();
    const [writer] = await ChatClient.hello(child, { username: 'max' });
    let middle = 0;
    for (let sent = 0; sent < COUNT;) {
      for (let i = 0; i < 1000; i++) writer.sendV2Message(String(++sent), TEXT);
      for (let acked = 0; acked < 1000;) if ((await writer.next()).type === 'ack') acked++;
      if (sent === COUNT / 2) middle = child.residentBytes();
    }
    const growth = child.residentBytes() - middle;
    while ((await writer.next()).id !== COUNT);
    writer.send({ type: 'ping' });
    expect(await writer.next()).toEqual({ type: 'pong', last_id: COUNT });
    for (const reader of readers) await reader.until(Math.max(...readers.map(({ bytes }) => bytes)));
    expect(new Set(readers.map(({ bytes }) => bytes)).size).toBe(1);
    expect(readers[0]!.bytes).toBeGreaterThan(COUNT * TEXT.length);
    expect(growth).toBeLessThan(60 * 1024 * 1024);
    const [one] = stalled;
    one!.socket.resume();
    for (let id = 1; id <= COUNT; id++) expect((await one!.nextOf('chat_message')).id).toBe(id);
    for (const reader of readers) reader.socket.destroy();
  });

  it('[V17] a client that requests more than it reads is not read from until it catches up', async () => {
    await startChild({ SLOW_CONSUMER_BYTES: '65536' });
    const [greedy] = await ChatClient.hello(child);
    const before = child.residentBytes();
    greedy.socket.pause();
    const COUNT = 150_000;
    for (let i = 0; i < COUNT; i++) greedy.send('{');
    const [other] = await ChatClient.hello(child, { username: 'max' });
    for (let i = 0; i < 50; i++) {
      other.sendV2Message(String(i), 'x');
      await other.nextOf('ack');
    }
    expect(child.residentBytes() - before).toBeLessThan(60 * 1024 * 1024);
    greedy.socket.resume();
    const errors = () => greedy.received.filter(({ type }) => type === 'error').length;
    // Compares the length first: counting the errors takes milliseconds.
    await until(() => greedy.received.length >= COUNT && errors() === COUNT);
  });
});

/** A database with messages of 4,000 characters. If a client sent them, a slow machine would take most of a minute. */
async function databaseOf(count: number): Promise<string> {
  const database = await newChatDatabase();
  await execute(
    database,
    `WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${count})
     INSERT INTO messages (id, username, message, created_at) SELECT id, 'max', '${'x'.repeat(4000)}', 0 FROM n`,
  );
  return database;
}

async function figure(server: ServerProcess, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? 0);
}
