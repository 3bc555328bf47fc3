import { once } from 'node:events';
import { DataSource } from 'typeorm';
import { Clock } from '../src/platform/lifecycle/clock';
import { MessageLog } from '../src/messages/log/message-log';
import { PROTOCOL_V2 } from '../src/chat/protocol/protocol-v2';
import { streamOf } from '../src/chat/protocol/wire';
import { append } from './support/append';
import { ChatClient, type Frame } from './support/chat-client';
import { execute, holdWrites, newDatabase, rowsOf } from './support/database';
import { http } from './support/http';
import { startServer, type TestServer } from './support/server';
import { ServerProcess } from './support/server-process';

const PRECISE = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let server: TestServer;
afterEach(() => server.stop());

async function store(count: number): Promise<void> {
  const log = server.app.get(MessageLog);
  for (let done = 0; done < count; done += 5000) {
    const batch = Array.from({ length: Math.min(5000, count - done) }, (_, i) => `m${done + i + 1}`);
    await Promise.all(batch.map((message) => append(log, 'archive', message)));
  }
}

async function total(): Promise<number> {
  return ((await http(`${server.url}/api/messages`)).body as { total: number }).total;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const ids = (frames: Frame[]) => frames.filter(({ type }) => type === 'chat_message').map(({ id }) => id);

/** Ids of the chat messages received up to `last`. */
async function idsUntil(client: ChatClient, last: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  while (seen.at(-1) !== last) seen.push((await client.nextOf('chat_message')).id);
  return seen;
}

describe('protocol v2', () => {
  beforeEach(async () => (server = await startServer()));

  it('[V1] is negotiated by the subprotocol, also among other offers', async () => {
    const client = await ChatClient.openV2(server);
    expect(client.socket.protocol).toBe('chat.v2');
    const v1 = await ChatClient.open(server);
    expect(v1.socket.protocol).toBe('');
    v1.send({ type: 'hello' });
    expect(Object.keys(await v1.next())).toEqual(['type', 'message', 'timestamp']);
  });

  it('[V2] hello is answered by welcome', async () => {
    await store(3);
    const [client, welcome] = await ChatClient.hello(server, { username: ' Max ' });
    expect(welcome).toEqual({
      type: 'welcome',
      connection_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      username: 'Max',
      last_id: 3,
      users: ['Max'],
      user_count: 1,
      limits: {
        max_message_length: 4000,
        max_frame_bytes: 50048,
        max_username_length: 50,
        message_rate: 0,
        message_burst: 100,
        replay_limit: 10000,
      },
      heartbeat_seconds: 30,
    });
    expect(await client.next()).toEqual({ type: 'user_joined', username: 'Max', timestamp: PRECISE });
    client.send({ type: 'hello' });
    expect(await client.next()).toMatchObject({ type: 'error', code: 'VALIDATION_ERROR' });
  });

  it('[V2] a name on the URL stands for the one in hello', async () => {
    const client = await ChatClient.openV2(server, {}, '/ws?username=eva');
    client.send({ type: 'hello' });
    expect(await client.nextFrames(2)).toMatchObject([
      { type: 'welcome', username: 'eva', users: ['eva'] },
      { type: 'user_joined', username: 'eva' },
    ]);
    client.sendV2Message('a', 'x');
    expect(await client.nextOf('chat_message')).toMatchObject({ username: 'eva' });
  });

  it('[V2] the feed starts after hello or any other first frame', async () => {
    const [silent, hasty] = [await ChatClient.openV2(server), await ChatClient.openV2(server)];
    await store(2);
    hasty.sendV2Message('a', 'x', 'max');
    const frames = await hasty.nextFrames(3);
    expect(frames.map(({ type }) => type)).toEqual(['user_joined', 'ack', 'chat_message']);
    expect(frames[2]).toMatchObject({ id: 3 });
    silent.send({ type: 'hello', after: 0 });
    expect((await silent.next()).type).toBe('welcome');
    expect(await idsUntil(silent, 3)).toEqual([1, 2, 3]);
  });

  it.each([
    [{ after: -1 }, 'after'],
    [{ after: 1.5 }, 'after'],
    [{ after: '1' }, 'after'],
    [{ username: 1 }, 'username'],
    [{ username: '\u0000' }, 'username'],
  ])('[V2] hello with %j is refused and may be sent again', async (hello, field) => {
    const client = await ChatClient.openV2(server);
    client.send({ type: 'hello', ...hello });
    expect(await client.next()).toMatchObject({ type: 'error', message: expect.stringContaining(`»${field}«`) });
    client.send({ type: 'hello' });
    expect((await client.next()).type).toBe('welcome');
  });

  it('[V3] an ack precedes the message in the same write, and the message is durable', async () => {
    const [client] = await ChatClient.hello(server, { username: 'max' });
    await client.next();
    const chunk = once(streamOf(client.socket)!, 'data');
    client.sendV2Message('a', 'Hallo');
    const [ack, message] = await client.nextFrames(2);
    expect(ack).toEqual({ type: 'ack', client_id: 'a', id: 1, timestamp: PRECISE });
    expect(Object.entries(message!)).toEqual([
      ['type', 'chat_message'],
      ['id', 1],
      ['username', 'max'],
      ['message', 'Hallo'],
      ['timestamp', ack!.timestamp],
    ]);
    const [bytes] = (await chunk) as [Buffer];
    expect(bytes.indexOf('"ack"')).toBeGreaterThan(0);
    expect(bytes.indexOf('"ack"')).toBeLessThan(bytes.indexOf('"chat_message"'));
    expect(await total()).toBe(1);
  });

  it('[V4] repeats in one burst and from two connections get the original answer', async () => {
    const [first] = await ChatClient.hello(server, { username: 'max' });
    const [second] = await ChatClient.hello(server, { username: 'max' });
    for (let i = 0; i < 20; i++) {
      first.sendV2Message('same', 'Text');
      second.sendV2Message('same', 'Text');
    }
    const acks: Frame[] = [];
    for (const client of [first, second]) for (let i = 0; i < 20; i++) acks.push(await client.nextOf('ack'));
    expect(new Set(acks.map((ack) => JSON.stringify(ack))).size).toBe(1);
    first.sendV2Message('other', 'danach');
    expect(await first.nextOf('ack')).toMatchObject({ id: 2 });
    expect(await total()).toBe(2);
    second.send({ type: 'ping' });
    expect(ids([...second.received, await second.nextOf('pong')])).not.toContain(3);
  });

  it('[V4] [V19] after a restart, repeats get the original answer, different texts a refusal', async () => {
    const environment = { DATABASE_URL: await newDatabase() };
    const before = await ServerProcess.start(environment);
    const [client] = await ChatClient.hello(before, { username: 'max' });
    client.sendV2Message('a', 'Hallo');
    const ack = await client.nextOf('ack');
    await before.stop('SIGKILL');
    const after = await ServerProcess.start(environment);
    const [reader] = await ChatClient.hello(after, { after: 1 });
    const [again] = await ChatClient.hello(after, { username: 'max' });
    again.sendV2Message('a', 'Hallo');
    expect(await again.nextOf('ack')).toEqual(ack);
    again.sendV2Message('a', 'etwas anderes');
    expect(await again.nextOf('error')).toMatchObject({ code: 'VALIDATION_ERROR', client_id: 'a' });
    again.sendV2Message('b', 'neu');
    expect(await reader.nextOf('chat_message')).toMatchObject({ id: 2, message: 'neu' });
    await after.stop();
  });

  it('[V19] a different text under a client_id is refused, in the same burst and from another connection', async () => {
    const [first] = await ChatClient.hello(server, { username: 'max' });
    const [second] = await ChatClient.hello(server, { username: 'max' });
    for (const text of ['meins', 'fremd', 'meins']) first.sendV2Message('same', text);
    const answers: Frame[] = [];
    while (answers.length < 3) {
      const frame = await first.next();
      if (frame.client_id === 'same') answers.push(frame);
    }
    const taken = {
      type: 'error',
      code: 'VALIDATION_ERROR',
      message: 'Ungültige Nachricht: »client_id« gehört schon zu einer anderen Nachricht',
      timestamp: PRECISE,
      client_id: 'same',
    };
    expect(answers.filter(({ type }) => type === 'error')).toEqual([taken]);
    const acks = answers.filter(({ type }) => type === 'ack');
    expect(acks[1]).toEqual(acks[0]);
    second.sendV2Message('same', 'meins ');
    expect(await second.nextOf('error')).toEqual(taken);
    second.sendV2Message('same', 'fremd', 'eva');
    expect((await second.nextOf('ack')).id).toBe(2);
    expect(await total()).toBe(2);
  });

  it('[V19] the refusal of a different text precedes the messages sent after it', async () => {
    const [client] = await ChatClient.hello(server, { username: 'max' });
    client.sendV2Message('a', 'meins');
    await client.nextOf('chat_message');
    for (let round = 0; round < 10; round++) {
      client.sendV2Message('a', 'fremd');
      client.sendV2Message(`next ${round}`, 'später');
      expect(await client.next()).toMatchObject({ type: 'error', client_id: 'a' });
      expect(await client.nextOf('chat_message')).toMatchObject({ message: 'später' });
    }
  });

  it('[V19] the hash decides when the text is no longer stored, and the text decides without a hash', async () => {
    const [client] = await ChatClient.hello(server, { username: 'max' });
    const texts = { gone: 'war da', old: 'von früher' };
    const acks = new Map<string, Frame>();
    for (const [id, text] of Object.entries(texts)) {
      client.sendV2Message(id, text);
      acks.set(id, await client.nextOf('ack'));
    }
    await execute(server.database, `UPDATE messages SET message = '' WHERE client_id = 'gone'`);
    await execute(server.database, `UPDATE messages SET client_hash = NULL WHERE client_id = 'old'`);
    for (const [id, text] of Object.entries(texts)) {
      client.sendV2Message(id, text);
      expect(await client.nextOf('ack')).toEqual(acks.get(id));
      client.sendV2Message(id, 'etwas anderes');
      expect(await client.nextOf('error')).toMatchObject({ code: 'VALIDATION_ERROR', client_id: id });
    }
    expect(await total()).toBe(2);
    // v1 messages have no idempotency key.
    const v1 = await ChatClient.open(server);
    v1.sendMessage('max', 'ohne');
    await v1.nextOf('chat_message');
    const hashes = await rowsOf(server.database, 'SELECT client_hash AS hash FROM messages ORDER BY id');
    expect(hashes).toEqual([{ hash: expect.stringMatching(/^[\w-]{22}$/) }, { hash: null }, { hash: null }]);
  });

  it('[V5] client_id is unique per user, and username defaults to that of hello', async () => {
    const [client] = await ChatClient.hello(server, { username: 'max' });
    client.sendV2Message('a', 'von max');
    client.sendV2Message('a', 'von eva', 'eva');
    expect((await client.nextOf('ack')).id).toBe(1);
    expect((await client.nextOf('ack')).id).toBe(2);
    const [nameless] = await ChatClient.hello(server);
    nameless.sendV2Message('a', 'x');
    expect(await nameless.nextOf('error')).toMatchObject({
      client_id: 'a',
      message: expect.stringContaining('»username«'),
    });
  });

  it.each([undefined, '', 'x'.repeat(65), 7, '\ud800', 'a\0'])('[V5] client_id %j is refused', async (clientId) => {
    const [client] = await ChatClient.hello(server, { username: 'max' });
    client.send({ type: 'chat_message', client_id: clientId, message: 'x' });
    const error = await client.nextOf('error');
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining('»client_id«') });
    expect(error).not.toHaveProperty('client_id');
    expect(await total()).toBe(0);
  });

  it('[V6] messages of v1 and v2 arrive in the order of id, contiguous', async () => {
    const [reader] = await ChatClient.hello(server);
    const [v2] = await ChatClient.hello(server, { username: 'max' });
    const v1 = await ChatClient.open(server);
    for (let i = 0; i < 100; i++) {
      v1.sendMessage('eva', `e${i}`);
      v2.sendV2Message(`c${i}`, `m${i}`);
    }
    expect(await idsUntil(reader, 200)).toEqual(range(1, 200));
  });

  it('[V7] a replay has no gaps and no repeats while others write at full speed', async () => {
    await store(2000);
    const writer = await ChatClient.open(server);
    let written = 0;
    const write = () => {
      for (let i = 0; i < 200; i++) writer.sendMessage('max', `live ${++written}`);
    };
    const readers = await Promise.all([0, 1, 255, 256, 1999, 2000].map((after) => readWhile(after)));
    for (const [after, seen] of readers) expect(seen).toEqual(range(after + 1, 2000 + 6 * 200));

    async function readWhile(after: number): Promise<[number, unknown[]]> {
      const client = await ChatClient.openV2(server);
      write();
      client.send({ type: 'hello', after });
      return [after, await idsUntil(client, 2000 + 6 * 200)];
    }
  });

  it('[V7] replayed is sent once, with the last id, between replay and live messages', async () => {
    await store(300);
    const [client] = await ChatClient.hello(server, { after: 290 });
    expect((await client.nextFrames(11)).at(-1)).toEqual({ type: 'replayed', last_id: 300 });
    const [current] = await ChatClient.hello(server, { after: 300 });
    expect(await current.next()).toEqual({ type: 'replayed', last_id: 300 });
    const [ahead] = await ChatClient.hello(server, { after: 9999 });
    expect(await ahead.next()).toEqual({ type: 'replayed', last_id: 300 });
    await store(1);
    for (const reader of [client, current, ahead]) expect(await reader.next()).toMatchObject({ id: 301 });
  });

  it('[V9] a thousand clients that reconnect at once are served from memory, encoded once', async () => {
    await store(780);
    const queries: string[] = [];
    Object.assign(server.app.get(DataSource).logger, { logQuery: (query: string) => queries.push(query) });
    const encode = jest.spyOn(PROTOCOL_V2, 'messages');
    const clients = await Promise.all(Array.from({ length: 1000 }, () => ChatClient.openV2(server)));
    for (const client of clients) client.send({ type: 'hello', after: 760 });
    for (const client of clients) expect(ids(await client.nextFrames(22))).toEqual(range(761, 780));
    // Replicas query the newest id from time to time.
    expect(queries.filter((query) => !query.includes('"message_head"'))).toEqual([]);
    // 761–768, 769–780.
    expect(encode).toHaveBeenCalledTimes(2);
    encode.mockRestore();
    for (const client of clients) client.socket.terminate();
  }, 60_000);

  it('[V11] welcome lists the users present, and joins and leaves are sent', async () => {
    const [watcher] = await ChatClient.hello(server);
    const [first] = await ChatClient.hello(server, { username: 'eva' });
    const v1 = await ChatClient.open(server, '/ws?username=max');
    expect(await watcher.nextFrames(2)).toEqual([
      { type: 'user_joined', username: 'eva', timestamp: PRECISE },
      { type: 'user_joined', username: 'max', timestamp: PRECISE },
    ]);
    const [second, welcome] = await ChatClient.hello(server, { username: 'eva' });
    expect(welcome).toMatchObject({ users: ['eva', 'max'], user_count: 2 });
    await first.close();
    await v1.close();
    expect(await watcher.next()).toEqual({ type: 'user_left', username: 'max', timestamp: PRECISE });
    await second.close();
    expect(await watcher.next()).toEqual({ type: 'user_left', username: 'eva', timestamp: PRECISE });
  });

  it('[V11] at most 1,000 users are listed, all are counted', async () => {
    const clients = await Promise.all(Array.from({ length: 32 }, () => ChatClient.open(server)));
    clients.forEach((client, c) => {
      for (let i = 0; i < 32; i++) client.send({ type: 'user_joined', username: `u${c}-${i}` });
      client.send('{');
    });
    for (const client of clients) await client.nextOf('error');
    const [, welcome] = await ChatClient.hello(server);
    expect(welcome.users).toHaveLength(1000);
    expect(welcome.user_count).toBe(1024);
  });

  it('[V12] typing goes to the others, once a second per user, and is not stored', async () => {
    const clock = jest.spyOn(server.app.get(Clock), 'monotonic').mockReturnValue(10_000);
    const [typist] = await ChatClient.hello(server, { username: 'max' });
    const [other] = await ChatClient.hello(server);
    const v1 = await ChatClient.open(server);
    const typing = { type: 'typing', username: 'max' };
    for (let i = 0; i < 5; i++) typist.send({ type: 'typing' });
    expect(await other.next()).toEqual(typing);
    typist.send({ type: 'ping' });
    expect((await typist.nextFrames(2)).map(({ type }) => type)).toEqual(['user_joined', 'pong']);
    clock.mockReturnValue(11_000);
    typist.send({ type: 'typing' });
    expect(await other.next()).toEqual(typing);
    typist.sendV2Message('a', 'x');
    expect((await other.next()).type).toBe('chat_message');
    expect((await v1.next()).type).toBe('chat_message');
    expect(await total()).toBe(1);
  });

  it('[V13] pong carries the newest id sent to this connection', async () => {
    await store(5);
    const [client] = await ChatClient.hello(server);
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong', last_id: 5 });
    await store(2);
    client.send({ type: 'ping' });
    expect((await client.nextFrames(3)).at(-1)).toEqual({ type: 'pong', last_id: 7 });
  });

  it('[V14] going_away with jittered delays precedes the close with 1012', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, async () => (await ChatClient.hello(server))[0]));
    const v1 = await ChatClient.open(server);
    const stopped = server.stop();
    const delays: number[] = [];
    for (const client of clients) {
      expect(await client.closed).toMatchObject({ code: 1012 });
      expect(client.received).toEqual([{ type: 'going_away', reconnect_after_ms: expect.any(Number) }]);
      delays.push(client.received[0]!.reconnect_after_ms as number);
    }
    expect(await v1.closed).toMatchObject({ code: 1012 });
    expect(v1.received).toEqual([]);
    expect(new Set(delays).size).toBeGreaterThan(10);
    await stopped;
  });

  it.each([
    ['{', 'VALIDATION_ERROR', undefined],
    [{ type: 'error' }, 'VALIDATION_ERROR', undefined],
    [{ type: 'edit', client_id: 'a', id: 1, message: 'x' }, 'VALIDATION_ERROR', 'a'],
    [{ type: 'of a later version', client_id: 'a' }, 'VALIDATION_ERROR', 'a'],
    [{ client_id: 'a' }, 'VALIDATION_ERROR', 'a'],
    [{ type: 'chat_message', client_id: 'a', message: '' }, 'VALIDATION_ERROR', 'a'],
    [{ type: 'chat_message', client_id: 'a' }, 'VALIDATION_ERROR', 'a'],
    [{ type: 'chat_message', client_id: 'a', message: 'x', username: '\u0000' }, 'VALIDATION_ERROR', 'a'],
    [{ type: 'typing', username: '' }, 'VALIDATION_ERROR', undefined],
  ])('[V15] the refusal of %j has its code and its client_id', async (frame, code, clientId) => {
    const [client] = await ChatClient.hello(server, { username: 'max' });
    client.send(frame);
    const error = await client.nextOf('error');
    expect(error).toEqual({
      type: 'error',
      code,
      message: expect.stringMatching(/^Ungültige Nachricht: /),
      timestamp: PRECISE,
      ...(clientId && { client_id: clientId }),
    });
  });
});

it('[V8] beyond REPLAY_LIMIT a gap is sent, then the rest', async () => {
  server = await startServer({ REPLAY_LIMIT: '100' });
  await store(1000);
  const [client] = await ChatClient.hello(server, { after: 10 });
  expect(await client.next()).toEqual({ type: 'gap', from: 11, to: 900 });
  const frames = await client.nextFrames(101);
  expect(ids(frames)).toEqual(range(901, 1000));
  expect(frames.at(-1)).toEqual({ type: 'replayed', last_id: 1000 });
  const [close] = await ChatClient.hello(server, { after: 900 });
  expect((await close.next()).id).toBe(901);
});

it('[V15] the refusal of a message over the rate says when to retry', async () => {
  server = await startServer({ MESSAGE_RATE: '4', MESSAGE_BURST: '1' });
  const [client] = await ChatClient.hello(server, { username: 'max' });
  client.sendV2Message('a', 'x');
  client.sendV2Message('b', 'y');
  const error = await client.nextOf('error');
  expect(error).toMatchObject({ code: 'RATE_LIMITED', client_id: 'b' });
  expect(error.retry_after_ms).toBeGreaterThan(0);
  expect(error.retry_after_ms).toBeLessThanOrEqual(250);
});

it('[V15] a message that cannot be stored is refused with SERVICE_UNAVAILABLE and its client_id', async () => {
  server = await startServer({ LOG_LEVEL: 'error' });
  const [client] = await ChatClient.hello(server, { username: 'max' });
  const release = await holdWrites(server.database);
  const logged = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  client.sendV2Message('a', 'x');
  expect(await client.nextOf('error')).toMatchObject({ code: 'SERVICE_UNAVAILABLE', client_id: 'a' });
  logged.mockRestore();
  await release();
  client.sendV2Message('a', 'x');
  let answer = await client.next();
  while (answer.type !== 'ack') {
    // Writes are not retried immediately after a timeout of the database.
    if (answer.type === 'error') client.sendV2Message('a', 'x');
    answer = await client.next();
  }
  expect(answer).toMatchObject({ client_id: 'a', id: 1 });
});
