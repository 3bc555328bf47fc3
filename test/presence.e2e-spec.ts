import { once } from 'node:events';
import { OpenSessions } from '../src/chat/sessions/open-sessions';
import { streamOf } from '../src/chat/protocol/wire';
import { ChatClient, type Frame } from './support/chat-client';
import { startServer, type TestServer } from './support/server';
import { until } from './support/until';

let server: TestServer;
afterEach(() => server.stop());

/** Joins under these names with a single write. */
function joinAs(client: ChatClient, usernames: readonly string[]): void {
  streamOf(client.socket)!.cork();
  for (const username of usernames) client.send({ type: 'user_joined', username });
  streamOf(client.socket)!.uncork();
}

function usersNamed(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

/** Frames that a client receives before a message sent now. */
async function heardUntilNow(client: ChatClient): Promise<Frame[]> {
  const writer = await ChatClient.open(server);
  writer.sendMessage('marker', 'now');
  const frames: Frame[] = [];
  for (;;) {
    const frame = await client.next();
    if (frame.type === 'chat_message') return frames;
    if (frame.username !== 'marker') frames.push(frame);
  }
}

async function closeAll(...clients: ChatClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}

describe('with the default limit of names', () => {
  beforeEach(async () => {
    server = await startServer();
  });

  it('[V20] joins at about the same time cost each reader few writes', async () => {
    const [v1, [v2], client] = [
      await ChatClient.open(server),
      await ChatClient.hello(server),
      await ChatClient.open(server),
    ];
    const writes = [...server.app.get(OpenSessions)].map(({ connection }) => jest.spyOn(connection, 'write'));
    const names = usersNamed('u', 32);
    joinAs(client, names);
    for (const reader of [v1, v2, client]) {
      expect((await reader.nextFrames(32)).map(({ username }) => username)).toEqual(names);
    }
    for (const write of writes) expect(write.mock.calls.length).toBeLessThan(10);
  });

  it('[V20] a join that is over within its window is not broadcast', async () => {
    const [v1, [v2], client] = [
      await ChatClient.open(server),
      await ChatClient.hello(server),
      await ChatClient.open(server),
    ];
    joinAs(client, usersNamed('u', 32));
    streamOf(client.socket)!.end();
    await client.closed;
    await until(() => server.app.get(OpenSessions).size === 2);
    for (const reader of [v1, v2]) expect(await heardUntilNow(reader)).toEqual([]);
  });

  it('[V20] simultaneous leaves are broadcast in one write', async () => {
    const [[watcher], client] = [await ChatClient.hello(server), await ChatClient.open(server)];
    const names = usersNamed('u', 32);
    joinAs(client, names);
    await watcher.nextFrames(32);
    const [session] = server.app.get(OpenSessions);
    const write = jest.spyOn(session!.connection, 'write');
    await client.close();
    const left = (await watcher.nextFrames(32)).map(({ type, username }) => `${type} ${String(username)}`);
    expect(left).toEqual(names.map((name) => `user_left ${name}`));
    expect(write).toHaveBeenCalledTimes(1);
  });

  it('[W9] a join precedes its message, in the same write', async () => {
    const readers = [await ChatClient.open(server), (await ChatClient.hello(server))[0]];
    const chunks = readers.map(({ socket }) => once(streamOf(socket)!, 'data'));
    const writer = await ChatClient.open(server);
    writer.sendMessage('max', 'Hallo');
    for (const reader of readers) {
      expect((await reader.nextFrames(2)).map(({ type }) => type)).toEqual(['user_joined', 'chat_message']);
    }
    for (const chunk of chunks) expect(String((await chunk)[0])).toMatch(/user_joined.*chat_message/s);
  });

  it('[V11] the list in each welcome and the joins after it name every user once', async () => {
    const [watcher] = await ChatClient.hello(server);
    const residents: ChatClient[] = [];
    for (const name of usersNamed('u', 20)) {
      const [resident, welcome] = await ChatClient.hello(server, { username: name });
      expect(welcome.users).toContain(name);
      expect(welcome.user_count).toBe(residents.length + 1);
      expect(await resident.next()).toMatchObject({ type: 'user_joined', username: name });
      residents.push(resident);
    }
    for (const [index, resident] of residents.entries()) {
      const heard = (await heardUntilNow(resident)).map(({ username }) => username);
      expect(heard).toEqual(usersNamed('u', 20).slice(index + 1));
    }
    expect((await heardUntilNow(watcher)).map(({ username }) => username)).toEqual(usersNamed('u', 20));
  });

  it('[V22] a user who returns within the grace period has neither left nor joined, and leaves once', async () => {
    const [[watcher], v1] = [await ChatClient.hello(server), await ChatClient.open(server)];
    const [first] = await ChatClient.hello(server, { username: 'max' });
    await watcher.nextOf('user_joined');
    await v1.nextOf('user_joined');
    await first.close();
    const [second, welcome] = await ChatClient.hello(server, { username: 'max' });
    expect(welcome).toMatchObject({ users: ['max'], user_count: 1 });
    for (const reader of [watcher, second, v1]) expect(await heardUntilNow(reader)).toEqual([]);
    await second.close();
    const left = await watcher.nextOf('user_left');
    expect(left.username).toBe('max');
  });
});

it('[V21] beyond MAX_PRESENT_NAMES v2 receives the number, v1 every join, and the list returns', async () => {
  server = await startServer({ MAX_PRESENT_NAMES: '10' });
  const [[v2], v1] = [await ChatClient.hello(server), await ChatClient.open(server)];
  const client = await ChatClient.open(server);
  const names = usersNamed('u', 20);
  joinAs(client, names);
  expect((await v1.nextFrames(20)).map(({ username }) => username)).toEqual(names);
  const frames: Frame[] = [];
  do frames.push(await v2.next());
  while (frames.at(-1)!.user_count !== 20);
  expect(frames.filter(({ type }) => type === 'presence').length).toBeLessThan(4);
  const [, welcome] = await ChatClient.hello(server);
  expect(welcome.user_count).toBe(20);
  expect(welcome.users).toHaveLength(10);
  await client.close();
  // Leaves are processed one by one, possibly over two windows.
  let list: Frame;
  do list = await v2.nextOf('presence');
  while (!list.users);
  expect(list).toEqual({ type: 'presence', user_count: 0, users: [] });
  const late = await ChatClient.open(server, '/ws?username=late');
  expect(await v2.next()).toMatchObject({ type: 'user_joined', username: 'late' });
  await closeAll(late, v1, v2);
});

it('[V21] a slow reader that missed joins receives the whole list', async () => {
  server = await startServer({ SLOW_CONSUMER_BYTES: '65536' });
  const [slow] = await ChatClient.hello(server);
  const [session] = server.app.get(OpenSessions);
  const [reader] = await ChatClient.hello(server);
  slow.socket.pause();
  const writer = await ChatClient.open(server);
  await until(async () => {
    for (let i = 0; i < 50; i++) writer.sendMessage('max', 'x'.repeat(4000));
    for (let i = 0; i < 50; i++) await writer.nextOf('chat_message');
    return session!.connection.isFull;
  });
  const late = await ChatClient.open(server, '/ws?username=late');
  while ((await reader.nextOf('user_joined')).username !== 'late');
  slow.socket.resume();
  expect(await slow.nextOf('presence')).toEqual({ type: 'presence', user_count: 2, users: ['late', 'max'] });
  await closeAll(late, writer, slow, reader);
});
