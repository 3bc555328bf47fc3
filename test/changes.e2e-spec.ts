import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join as joinPath } from 'node:path';
import { StoredChanges } from '../src/messages/feed/stored-changes';
import { edit, join, MODERATOR, remove, replayOf, say } from './support/changing-client';
import { ChatClient } from './support/chat-client';
import { execute, isPostgres, newDatabase, rowsOf } from './support/database';
import { EventReader } from './support/event-reader';
import { http } from './support/http';
import { startServer, type TestServer } from './support/server';
import { tokenOf, WITH_TOKENS } from './support/tokens';
import { until } from './support/until';

function start(environment: Record<string, string> = {}): Promise<TestServer> {
  return startServer({ ...WITH_TOKENS, ...environment });
}

const RFC3339 = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('changes over protocol v2', () => {
  let server: TestServer;
  beforeAll(async () => (server = await start()));
  afterAll(() => server.stop());

  it('[N6] an edit is acknowledged, then sent to every v2 reader as the whole new state; v1 receives nothing', async () => {
    const { client: max } = await join(server, 'max');
    const { client: eva } = await join(server, 'eva');
    const v1 = await ChatClient.open(server, '/ws', {
      headers: { authorization: `Bearer ${tokenOf({ sub: 'alt' })}` },
    });
    const [id] = await say(max, 'Hallo');
    await eva.nextOf('chat_message');
    const ack = await edit(max, id!, 'Hallo Welt');
    expect(ack).toMatchObject({ type: 'ack', id, change_id: expect.any(Number), timestamp: RFC3339 });
    const { timestamp, change_id } = ack;
    const told = await eva.nextOf('message_changed');
    expect(told).toEqual({
      type: 'message_changed',
      id,
      change_id,
      edited_at: timestamp,
      username: 'max',
      message: 'Hallo Welt',
      timestamp: RFC3339,
    });
    expect(await remove(max, id!)).toMatchObject({ type: 'ack', id, change_id: (change_id as number) + 1 });
    expect(await eva.nextOf('message_changed')).toMatchObject({
      id,
      message: '',
      edited_at: timestamp,
      deleted_at: RFC3339,
      deleted_by: 'max',
    });
    await say(max, 'Ende');
    expect(await v1.nextOf('chat_message')).toMatchObject({ message: 'Hallo' });
    expect(await v1.nextOf('chat_message')).toMatchObject({ message: 'Ende' });
  });

  it('[N6] a forbidden change is refused with its reason, and nothing changes', async () => {
    const { client: max } = await join(server, 'max');
    const { client: eva } = await join(server, 'eva');
    const { client: mod } = await join(server, 'mod', {}, MODERATOR);
    const [id] = await say(max, 'meins');
    expect(await edit(eva, id!, 'x')).toMatchObject({ type: 'error', code: 'FORBIDDEN' });
    expect(await remove(eva, id!)).toMatchObject({ type: 'error', code: 'FORBIDDEN' });
    expect(await edit(mod, id!, 'x')).toMatchObject({ type: 'error', code: 'FORBIDDEN' });
    expect(await edit(max, 999_999, 'x')).toMatchObject({ type: 'error', code: 'NOT_FOUND' });
    expect(await edit(max, id!, ' ')).toMatchObject({ type: 'error', code: 'VALIDATION_ERROR' });
    expect(await remove(mod, id!)).toMatchObject({ type: 'ack', id });
    expect(await edit(max, id!, 'x')).toMatchObject({ type: 'error', code: 'NOT_FOUND' });
    expect(await eva.nextOf('message_changed')).toMatchObject({ id, message: '', deleted_by: 'mod' });
  });

  it('[N7] a resume brings missed messages in their present state, and each older one that was changed once', async () => {
    const { client: max } = await join(server, 'max');
    const ids = await say(max, 'a', 'b', 'c');
    const { client: eva } = await join(server, 'eva');
    eva.send({ type: 'ping' });
    const place = await eva.nextOf('pong');
    expect(place).toMatchObject({ last_id: ids[2], last_change_id: expect.any(Number) });
    eva.socket.close();
    for (let i = 0; i < 10; i++) await edit(max, ids[0]!, `a${i}`);
    await remove(max, ids[1]!);
    const [missed] = await say(max, 'd');
    const last = await edit(max, missed!, 'D');

    const hello = { after: place.last_id, after_change: place.last_change_id };
    const { client: back } = await join(server, 'eva', hello);
    const { frames, replayed } = await replayOf(back);
    expect(frames).toMatchObject([
      { type: 'chat_message', id: missed, message: 'D', verified: true, change_id: last.change_id },
      { type: 'message_changed', id: ids[0], message: 'a9' },
      { type: 'message_changed', id: ids[1], message: '', deleted_by: 'max' },
      { type: 'message_changed', id: missed, message: 'D' },
    ]);
    expect(replayed).toEqual({ type: 'replayed', last_id: missed, last_change_id: last.change_id });

    const { client: other } = await join(server, 'eva', { after: place.last_id });
    expect((await replayOf(other)).frames).toMatchObject([{ type: 'chat_message', id: missed, message: 'D' }]);
    const { client: changesOnly } = await join(server, 'eva', { after_change: last.change_id });
    expect((await replayOf(changesOnly)).frames).toEqual([]);
  });

  it('[N8] under another epoch the ids of a client mean nothing: it gets the present epoch, and the feed from its end', async () => {
    const { client: max, welcome } = await join(server, 'max');
    expect(welcome.epoch).toEqual(expect.stringMatching(/^[-0-9a-f]{32,36}$/));
    const [id] = await say(max, 'vorher');
    const { client, welcome: other } = await join(server, 'eva', { after: 0, after_change: 0, epoch: 'another' });
    expect(other.epoch).toBe(welcome.epoch);
    const { frames, replayed } = await replayOf(client);
    expect([frames, replayed.last_id]).toEqual([[], id]);
    const { client: same } = await join(server, 'eva', { after: id! - 1, epoch: welcome.epoch });
    expect((await replayOf(same)).frames).toMatchObject([{ id }]);
  });

  it('[N3] a change sent again gets the same answer, and changes nothing', async () => {
    const { client: max } = await join(server, 'max');
    const [id] = await say(max, 'eins');
    const frame = { type: 'edit', client_id: 'same', id, message: 'zwei' };
    max.send(frame);
    const first = await max.nextOf('ack');
    await edit(max, id!, 'drei');
    max.send(frame);
    expect(await max.nextOf('ack')).toEqual(first);
    max.send({ ...frame, id: 1 });
    expect(await max.nextOf('error')).toMatchObject({ code: 'VALIDATION_ERROR', client_id: 'same' });
  });
});

it.each(['1e300', '9007199254740993', '9223372036854775808'])(
  '[N13] the id %s is refused before the message of anybody else is at stake',
  async (id) => {
    const server = await startServer({ MODERATOR_TOKEN: 'a-secret-of-at-least-32-characters' });
    try {
      const [hostile] = await ChatClient.hello(server, { username: 'eva' });
      const [max] = await ChatClient.hello(server, { username: 'max' });
      for (let i = 0; i < 20; i++) {
        hostile.send(`{"type":"edit","client_id":"e${i}","id":${id},"message":"x"}`);
        hostile.send(`{"type":"delete","client_id":"d${i}","id":${id}}`);
        max.sendV2Message(`m${i}`, 'Hallo');
      }
      for (let i = 0; i < 20; i++) expect(await max.nextOf('ack')).toMatchObject({ client_id: `m${i}` });
      for (let i = 0; i < 40; i++) expect(await hostile.nextOf('error')).toMatchObject({ code: 'VALIDATION_ERROR' });
      expect((await http(`${server.url}/health/ready`)).status).toBe(200);
    } finally {
      await server.stop();
    }
  },
);

it('[N2] EDIT_WINDOW_SECONDS bounds the time of authors: over, or 0, nothing of theirs can be changed', async () => {
  const server = await start({ EDIT_WINDOW_SECONDS: '60' });
  const { client: max } = await join(server, 'max');
  const [id, young] = await say(max, 'alt', 'jung');
  await execute(server.database, `UPDATE messages SET created_at = created_at - 61000 WHERE id = ${id}`);
  expect(await edit(max, id!, 'x')).toMatchObject({ type: 'error', code: 'FORBIDDEN' });
  expect(await remove(max, id!)).toMatchObject({ type: 'error', code: 'FORBIDDEN' });
  expect(await edit(max, young!, 'x')).toMatchObject({ type: 'ack' });
  await server.stop();
  const never = await start({ EDIT_WINDOW_SECONDS: '0', DATABASE_URL: server.database });
  const { client } = await join(never, 'max');
  expect(await edit(client, young!, 'y')).toMatchObject({ type: 'error', code: 'FORBIDDEN' });
  await never.stop();
});

it('[N14] a resume passes over superseded changes two thousand at a time, and lets others in between', async () => {
  const database = await newDatabase();
  await (await start({ DATABASE_URL: database })).stop();
  await execute(
    database,
    `INSERT INTO messages (id, username, message, created_at, change_id) VALUES (1, 'max', 'Hallo', 0, 5000);
     WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 5000)
     INSERT INTO changes (id, message_id, created_at) SELECT id, 1, 0 FROM n`,
  );
  if (isPostgres) await execute(database, 'UPDATE message_head SET last_id = 1');
  const server = await start({ DATABASE_URL: database });
  const source = server.app.get(StoredChanges);
  let hadTurn = false;
  setImmediate(() => (hadTurn = true));
  expect(await source.between(0, 5_000)).toEqual({ states: [], upTo: 2_000 });
  expect(hadTurn).toBe(true);
  expect(await source.between(4_000, 5_000)).toMatchObject({ states: [{ id: 1, message: 'Hallo' }], upTo: 5_000 });
  const { client, welcome } = await join(server, 'eva', { after: 1, after_change: 0 });
  expect(welcome).toMatchObject({ last_id: 1 });
  expect(await client.nextOf('message_changed')).toMatchObject({ id: 1, change_id: 5_000 });
  expect(await client.nextOf('replayed')).toMatchObject({ last_change_id: 5_000 });
  await server.stop();
});

it('[N9] without identities and MODERATOR_TOKEN, edit, delete and their fields do not exist', async () => {
  const server = await startServer();
  const [client, welcome] = await ChatClient.hello(server, { username: 'max', after: 0 });
  expect(welcome).not.toHaveProperty('epoch');
  expect(await client.nextOf('replayed')).toEqual({ type: 'replayed', last_id: 0 });
  for (const type of ['edit', 'delete', 'authenticate']) {
    client.send({ type, client_id: 'a', id: 1, message: 'x', token: 'x' });
    expect(await client.nextOf('error')).toMatchObject({ code: 'VALIDATION_ERROR' });
  }
  client.send({ type: 'ping' });
  expect(await client.nextOf('pong')).toEqual({ type: 'pong', last_id: 0 });
  await server.stop();
});

describe('changes over Server-Sent Events', () => {
  let server: TestServer;
  beforeAll(async () => (server = await start()));
  afterAll(() => server.stop());
  const headers = (place?: string) => ({
    authorization: `Bearer ${tokenOf({ sub: 'leser' })}`,
    ...(place && { 'last-event-id': place }),
  });

  it('[N10] a change is an event with the place as id, and a stream resumes from it', async () => {
    const { client: max } = await join(server, 'max');
    const stream = await EventReader.open(server, '', headers());
    const [id] = await say(max, 'eins');
    // Even before the first change: a stream that breaks now must not miss it.
    expect(await stream.next()).toMatchObject({ event: 'chat_message', id: `${id}-0` });
    const { change_id: first } = await edit(max, id!, 'zwei');
    const event = await stream.next();
    expect(event).toMatchObject({ event: 'message_changed', id: `${id}-${String(first)}` });
    expect(JSON.parse(event.data!)).toMatchObject({ type: 'message_changed', id, message: 'zwei', change_id: first });
    const [next] = await say(max, 'drei');
    const early = await EventReader.open(server, '', headers(`${id}-0`));
    expect(await early.next()).toMatchObject({ event: 'chat_message', id: `${next}-0` });
    expect(await early.next()).toMatchObject({ event: 'message_changed', id: `${next}-${String(first)}` });
    early.request.destroy();
    const { id: place } = await stream.next();
    expect(place).toBe(`${next}-${String(first)}`);
    stream.request.destroy();

    await remove(max, id!);
    const { change_id: last } = await edit(max, next!, 'DREI');
    const [missed] = await say(max, 'vier');
    const resumed = await EventReader.open(server, '', headers(place));
    const events = [await resumed.next(), await resumed.next(), await resumed.next()];
    expect(events.map(({ event: name, id: at, data }) => [name, at, (JSON.parse(data!) as { id: number }).id])).toEqual(
      [
        ['chat_message', `${missed}-${String(first)}`, missed],
        ['message_changed', `${missed}-${(last as number) - 1}`, id],
        ['message_changed', `${missed}-${String(last)}`, next],
      ],
    );
    resumed.request.destroy();
    // An id without a change: none was known, so none is missed.
    const plain = await EventReader.open(server, '', headers(String(next)));
    expect(await plain.next()).toMatchObject({ event: 'chat_message', id: `${missed}-${String(last)}` });
    plain.request.destroy();
  });

  it.each(['1-', '-1', '1-2-3', '1-x', '1 -2', `1-${'9'.repeat(20)}`])('[N10] refuses the place %j', async (place) => {
    const answer = await fetch(`${server.url}/api/messages/stream`, { headers: headers(place) });
    expect(answer.status).toBe(422);
  });
});

it('[N11] a deleted or edited text is in no table, and on SQLite in no file, while the server runs', async () => {
  const server = await start();
  const { client: max } = await join(server, 'max');
  const secrets = ['kurz', 'lang'.repeat(900)].map((text) => `${text}-${Math.random().toString(36).slice(2)}`);
  const ids = await say(max, ...secrets, ...secrets);
  await edit(max, ids[0]!, 'harmlos');
  await edit(max, ids[1]!, 'harmlos');
  await remove(max, ids[2]!);
  await remove(max, ids[3]!);
  const dump = async () => {
    if (!isPostgres) return filesOf(server.database);
    const tables = await rowsOf(server.database, `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`);
    const rows = await Promise.all(tables.map(({ name }) => rowsOf(server.database, `SELECT * FROM ${String(name)}`)));
    return JSON.stringify(rows);
  };
  await until(async () => {
    const stored = await dump();
    return stored.includes('harmlos') && !secrets.some((secret) => stored.includes(secret.slice(-12)));
  });
  const { client } = await join(server, 'eva', { after: 0 });
  expect((await replayOf(client)).frames.map(({ message }) => message)).toEqual(['harmlos', 'harmlos', '', '']);
  await server.stop();
});

/** Everything in the folder of a SQLite database. */
function filesOf(url: string): string {
  const folder = dirname(url.slice('sqlite:'.length));
  return readdirSync(folder)
    .map((name) => readFileSync(joinPath(folder, name), 'latin1'))
    .join();
}
