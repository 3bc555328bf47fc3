import Database from 'better-sqlite3';
import { ChatClient } from './support/chat-client';
import { newDatabase } from './support/database';
import { http } from './support/http';
import { ServerProcess } from './support/server-process';

it('[D4] a crash of the writer thread is logged and ends the process', async () => {
  const environment = { DATABASE_URL: await newDatabase() };
  const server = await ServerProcess.start(environment, ['--require', `${__dirname}/support/writer-killer.js`]);
  const client = await ChatClient.open(server);
  client.sendMessage('max', 'vorher');
  await client.nextOf('chat_message');
  server.child.kill('SIGUSR2');
  expect(await server.exited).toBe(1);
  await server.line(/"level":"fatal".*the writer thread ended unexpectedly/);
});

it('[D8] while commits are slow, the writer thread commits, in the same order', async () => {
  const environment = { DATABASE_URL: await newDatabase() };
  const server = await ServerProcess.start(environment, ['--require', `${__dirname}/support/slow-disk.js`]);
  const client = await ChatClient.open(server);
  const texts = Array.from({ length: 60 }, (_, i) => `Nachricht ${i}`);
  const seen: unknown[] = [];
  for (const [index, text] of texts.entries()) {
    client.sendMessage('max', text);
    // Batches of three, after a first one of one message.
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

it('[D9] counters that cannot catch up are logged and delay nothing', async () => {
  const environment = { DATABASE_URL: await newDatabase() };
  const server = await ServerProcess.start(environment);
  const database = new Database(environment.DATABASE_URL.slice('sqlite:'.length));
  // Like a file edited by hand: the index row of the first message already exists.
  database.exec(`INSERT INTO user_messages (username, id) VALUES ('max', 1)`);
  const client = await ChatClient.open(server);
  client.sendMessage('max', 'eins');
  await server.line(/"level":"error".*the counters cannot catch up/);
  client.sendMessage('max', 'zwei');
  await client.nextOf('chat_message');
  expect(await client.nextOf('chat_message')).toMatchObject({ message: 'zwei' });
  const { text } = await http(`${server.url}/metrics`);
  expect(text).toMatch(/^chat_faults_total\{where="counters"\} [1-9]/m);
  const { body } = await http(`${server.url}/api/messages/stats`);
  expect(body).toMatchObject({ total_messages: 2, most_active_user: { username: 'max', message_count: 2 } });
  database.close();
  expect(await server.stop()).toBe(0);
});
