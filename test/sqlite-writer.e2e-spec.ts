import Database from 'better-sqlite3';
import { AppendTransaction } from '../src/storage/sqlite/append';
import { ChatClient } from './support/chat-client';
import { newDatabase } from './support/database';
import { http } from './support/http';
import { startServer } from './support/server';
import { ServerProcess } from './support/server-process';

it('[D4] a crash of the writer thread is logged and ends the process', async () => {
  const environment = { DATABASE_URL: await newDatabase() };
  const server = await ServerProcess.start(environment, ['--require', `${__dirname}/support/writer-killer.js`]);
  const client = await ChatClient.open(server);
  client.say('max', 'vorher');
  await client.nextOf('chat_message');
  server.child.kill('SIGUSR2');
  expect(await server.exited).toBe(1);
  await server.line(/"level":"fatal".*the writer thread ended unexpectedly/);
});

it('[D8] while commits are slow the writer thread does them, in the same order', async () => {
  const environment = { DATABASE_URL: await newDatabase() };
  const server = await ServerProcess.start(environment, ['--require', `${__dirname}/support/slow-disk.js`]);
  const client = await ChatClient.open(server);
  const texts = Array.from({ length: 60 }, (_, i) => `Nachricht ${i}`);
  const seen: unknown[] = [];
  for (const [index, text] of texts.entries()) {
    client.say('max', text);
    // Three together, after the first, which is alone.
    if (index % 3 === 0) while (seen.length <= index) seen.push((await client.nextOf('chat_message')).message);
  }
  while (seen.length < texts.length) seen.push((await client.nextOf('chat_message')).message);
  expect(seen).toEqual(texts);
  const { text } = await http(`${server.url}/metrics`);
  const commits = (thread: string) =>
    Number(new RegExp(`^chat_sqlite_commits_total\\{thread="${thread}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
  expect(commits('main')).toBe(1);
  expect(commits('writer')).toBeGreaterThan(1);
  const { body } = await http(`${server.url}/api/messages?limit=1000`);
  expect((body as { messages: { message: string }[] }).messages.map(({ message }) => message)).toEqual(texts);
  expect(await server.stop()).toBe(0);
});

it('[D7] a batch is stored completely or not at all', async () => {
  const server = await startServer();
  await server.stop();
  const database = new Database(server.database.slice('sqlite:'.length));
  const transaction = new AppendTransaction(database);
  const good = { username: 'max', message: 'x', createdAt: 1 };
  expect(transaction.append([good, good])).toEqual({ firstId: 1, repeats: [] });
  const state = () =>
    ['messages', 'message_head', 'stats_totals', 'stats_users', 'stats_days'].map((table) =>
      database.prepare(`SELECT * FROM ${table}`).all(),
    );
  const before = state();
  const bad = { username: 'eva', message: null as unknown as string, createdAt: 1 };
  expect(() => transaction.append([good, bad])).toThrow();
  expect(state()).toEqual(before);
  expect(transaction.append([good])).toEqual({ firstId: 3, repeats: [] });
  database.close();
});

it('[V4] what is repeated in a batch of any size is stored once, wherever it stands', async () => {
  const server = await startServer();
  await server.stop();
  const database = new Database(server.database.slice('sqlite:'.length));
  const transaction = new AppendTransaction(database);
  let nextId = 1;
  let createdAt = 0;
  const known = new Map<string, { id: number; createdAt: number; message: string }>();
  const stored: unknown[] = [];
  for (let size = 1; size <= 40; size++) {
    const expected = { firstId: nextId, repeats: [] as object[] };
    const batch = Array.from({ length: size }, (_, index) => {
      createdAt++;
      // Two users with the same names for their messages; every third message has none.
      const username = index % 2 === 0 ? 'max' : 'eva';
      const clientId = (size + index) % 3 === 0 ? undefined : String((size * 7 + index * 5) % 60);
      const key = `${username} ${clientId}`;
      const first = clientId === undefined ? undefined : known.get(key);
      if (first) {
        expected.repeats.push({ index, id: first.id, createdAt: first.createdAt });
      } else {
        known.set(key, { id: nextId, createdAt, message: `${size}/${index}` });
        stored.push({
          id: nextId++,
          username,
          message: `${size}/${index}`,
          created_at: createdAt,
          client_id: clientId ?? null,
        });
      }
      return { username, message: first?.message ?? `${size}/${index}`, createdAt, clientId };
    });
    expect(transaction.append(batch)).toEqual(expected);
  }
  expect(known.size).toBeGreaterThan(100);
  const columns = 'id, username, message, created_at, client_id';
  expect(database.prepare(`SELECT ${columns} FROM messages ORDER BY id`).all()).toEqual(stored);
  database.close();
});

it('[V19] in one batch the first message has a client_id, whatever an older version stored', async () => {
  const server = await startServer();
  await server.stop();
  const database = new Database(server.database.slice('sqlite:'.length));
  database.exec(`INSERT INTO messages (id, username, message, created_at, client_id) VALUES (1, 'max', 'A', 7, 'old')`);
  const transaction = new AppendTransaction(database);
  const said = (clientId: string, message: string, createdAt: number) => ({
    username: 'max',
    message,
    createdAt,
    clientId,
  });
  const batch = [
    said('new', 'A', 1),
    said('old', 'B', 2),
    said('new', 'B', 3),
    said('old', 'A', 4),
    said('new', 'A', 5),
    said('', 'A', 6),
  ];
  expect(transaction.append(batch)).toEqual({
    firstId: 2,
    repeats: [
      { index: 3, id: 1, createdAt: 7 },
      { index: 4, id: 2, createdAt: 1 },
    ],
    taken: [1, 2],
  });
  expect(transaction.append([said('new', 'C', 7)])).toEqual({ firstId: 4, repeats: [], taken: [0] });
  database.close();
});

it('[D9] counters that cannot follow are told, and hold up nothing', async () => {
  const environment = { DATABASE_URL: await newDatabase() };
  const server = await ServerProcess.start(environment);
  const database = new Database(environment.DATABASE_URL.slice('sqlite:'.length));
  // As if somebody had repaired the file by hand: the place of the first message is taken.
  database.exec(`INSERT INTO user_messages (username, id) VALUES ('max', 1)`);
  const client = await ChatClient.open(server);
  client.say('max', 'eins');
  await server.line(/"level":"error".*the counters cannot follow/);
  client.say('max', 'zwei');
  await client.nextOf('chat_message');
  expect(await client.nextOf('chat_message')).toMatchObject({ message: 'zwei' });
  const { text } = await http(`${server.url}/metrics`);
  expect(text).toMatch(/^chat_faults_total\{where="counters"\} [1-9]/m);
  const { body } = await http(`${server.url}/api/messages/stats`);
  expect(body).toMatchObject({ total_messages: 2, most_active_user: { username: 'max', message_count: 2 } });
  database.close();
  expect(await server.stop()).toBe(0);
});
