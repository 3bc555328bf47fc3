import { SignJWT } from 'jose';
import { MessageLog } from '../src/messages/log/message-log';
import { append } from './support/append';
import { ChatClient } from './support/chat-client';
import { execute, isPostgres, rowsOf } from './support/database';
import { errorResponse, http, rawHttp } from './support/http';
import { moderate, MODERATOR_TOKEN, userPath } from './support/moderator';
import type { TestServer } from './support/server';
import { startForTest } from './support/server-of-test';

const SECRET = 'a-shared-secret-of-at-least-32-bytes';

let server: TestServer;
const MUTED = 'Nicht erlaubt: ein Moderator hat das Schreiben gesperrt';

async function start(environment: Record<string, string> = {}): Promise<TestServer> {
  server = await startForTest({ MODERATOR_TOKEN, ...environment });
  return server;
}

const mute = (username: string, body?: unknown) => moderate(server, 'POST', userPath(username, 'mute'), body);
const ban = (username: string, body?: unknown) => moderate(server, 'POST', userPath(username, 'ban'), body);
const lift = (kind: 'mute' | 'ban', username: string) => moderate(server, 'DELETE', userPath(username, kind));
const listed = async () => (await moderate(server, 'GET', '/api/moderation/users')).body as { users: unknown[] };
const logged = async (query = '') =>
  (await moderate(server, 'GET', `/api/moderation/log${query}`)).body as {
    entries: { id: number; action: string; username: string | null; reason: string | null; moderator: string }[];
    next: number | null;
  };

describe('muting', () => {
  it('[O1] a muted user reads and is refused to write, until it is lifted', async () => {
    await start();
    const [max] = await ChatClient.hello(server, { username: 'max' });
    const muted = await mute('max', { seconds: 60, reason: 'Spam' });
    expect([muted.status, muted.body]).toEqual([
      200,
      { until: expect.any(String), reason: 'Spam', moderator: '~operator', since: expect.any(String) },
    ]);
    for (const frame of [
      { type: 'chat_message', client_id: 'a', message: 'x' },
      { type: 'user_joined', username: 'max' },
      { type: 'typing' },
    ]) {
      max.send(frame);
      const error = await max.nextOf('error');
      expect(error).toMatchObject({ code: 'FORBIDDEN', retry_after_ms: expect.any(Number) });
      expect(error.retry_after_ms).toBeLessThanOrEqual(60_000);
    }
    await append(server.app.get(MessageLog), 'eva', 'hallo');
    expect(await max.nextOf('chat_message')).toMatchObject({ username: 'eva' });
    expect((await lift('mute', 'max')).status).toBe(204);
    max.sendV2Message('a', 'x');
    expect(await max.nextOf('ack')).toMatchObject({ client_id: 'a', id: 2 });
  });

  it('[O1] who connects while muted reads, and is not present', async () => {
    await start();
    const [eva] = await ChatClient.hello(server, { username: 'eva' });
    await mute('max');
    const [max, welcome] = await ChatClient.hello(server, { username: 'max' });
    expect(welcome).toMatchObject({ type: 'welcome', username: 'max', users: ['eva'] });
    const [, seen] = await ChatClient.hello(server, { username: 'ida' });
    expect(seen.users).toEqual(['eva', 'ida']);
    await lift('mute', 'max');
    max.sendV2Message('a', 'x');
    await max.nextOf('ack');
    await eva.nextOf('user_joined');
    expect((await eva.nextOf('user_joined')).username).toBe('ida');
    expect((await eva.nextOf('user_joined')).username).toBe('max');
  });

  it('[O1] under v1 as well, and without an end there is no time to try again', async () => {
    await start();
    const v1 = await ChatClient.open(server);
    await mute('max');
    v1.sendMessage('max', 'x');
    expect((await v1.nextOf('error')).message).toBe(MUTED);
    v1.sendMessage('eva', 'y');
    expect(await v1.nextOf('chat_message')).toMatchObject({ username: 'eva', message: 'y' });
  });

  it('[O2] a mute survives a clock that is ahead for a moment', async () => {
    await start();
    await mute('max', { seconds: 600 });
    const now = Date.now;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 7_200_000);
    expect((await listed()).users).toEqual([]);
    await mute('eva', { seconds: 1 });
    clock.mockRestore();
    const isMuted = async () => {
      const [client] = await ChatClient.hello(server);
      client.sendV2Message('a', 'x', 'max');
      expect(await client.nextOf('error')).toMatchObject({ code: 'FORBIDDEN', client_id: 'a' });
      expect((await listed()).users).toContainEqual(expect.objectContaining({ username: 'max' }));
    };
    await isMuted();
    await server.stop();
    await start({ DATABASE_URL: server.database });
    await isMuted();
  });

  it('[O2] a mute ends by itself, and survives a restart', async () => {
    await start();
    await mute('max', { seconds: 1 });
    await mute('eva');
    await server.stop();
    await start({ DATABASE_URL: server.database });
    const [client] = await ChatClient.hello(server);
    client.sendV2Message('a', 'x', 'eva');
    expect(await client.nextOf('error')).toMatchObject({ code: 'FORBIDDEN', client_id: 'a' });
    for (let i = 0; ; i++) {
      client.sendV2Message(`b${i}`, 'x', 'max');
      const answer = await client.next();
      if (answer.type === 'ack') break;
      if (answer.type === 'error') await new Promise((resolve) => setTimeout(resolve, answer.retry_after_ms as number));
    }
    expect((await listed()).users).toEqual([expect.objectContaining({ username: 'eva' })]);
  });

  it('[O3] a second one replaces the first; both are in the log, and lifting what is not there is not', async () => {
    await start();
    await mute('max', { seconds: 60, reason: 'one' });
    await mute(' max ', { reason: 'two' });
    await ban('eva', { seconds: 5 });
    expect((await listed()).users).toEqual([
      { username: 'eva', mute: null, ban: expect.objectContaining({ until: expect.any(String) }) },
      { username: 'max', mute: expect.objectContaining({ until: null, reason: 'two' }), ban: null },
    ]);
    for (let i = 0; i < 2; i++) expect((await lift('mute', 'max')).status).toBe(204);
    const { entries } = await logged();
    expect(entries.map(({ action, username, reason }) => [action, username, reason])).toEqual([
      ['unmute', 'max', null],
      ['ban', 'eva', null],
      ['mute', 'max', 'two'],
      ['mute', 'max', 'one'],
    ]);
    const [newest, ...older] = entries;
    expect((await logged(`?limit=1`)).next).toBe(newest!.id);
    expect((await logged(`?before=${newest!.id}&limit=3`)).entries).toEqual(older);
    expect(await logged(`?before=${entries.at(-1)!.id}`)).toEqual({ entries: [], next: null });
  });

  it.each(['a/b', 'ä%2Fö', '100%', '~x', 'e\u0301 e', '__proto__', 'constructor', '🙂', "'; DROP TABLE sanctions; --"])(
    '[O3] the name %j is one as any other, in any spelling',
    async (name) => {
      await start();
      expect((await mute(name)).status).toBe(200);
      expect((await listed()).users).toEqual([expect.objectContaining({ username: name.normalize('NFC') })]);
      const client = await ChatClient.open(server);
      client.sendMessage(name, 'x');
      expect((await client.nextOf('error')).message).toBe(MUTED);
      expect((await lift('mute', `  ${name.normalize('NFD')} `)).status).toBe(204);
      client.sendMessage(name, 'x');
      expect((await client.nextOf('chat_message')).message).toBe('x');
    },
  );

  it('[O3] a name that nobody can have is refused, without being repeated', async () => {
    await start();
    for (const name of ['%2e%2e', '%20', '%00', 'x'.repeat(300), 'a%E2%80%8Bb', '%F0']) {
      const answer = await rawHttp(
        server.port,
        `POST /api/users/${name}/mute HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\nAuthorization: Bearer ${MODERATOR_TOKEN}\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1.1 4(22|00|14) /);
    }
    expect((await listed()).users).toEqual([]);
  });

  it.each([
    ['{"seconds":0}', 422],
    ['{"seconds":1000000001}', 422],
    ['{"seconds":null}', 422],
    ['{"seconds":1.5}', 422],
    ['{"second":60}', 422],
    ['{"__proto__":{"seconds":1},"x":1}', 422],
    ['{"__proto__":{"seconds":1}}', 422],
    ['{"constructor":1}', 422],
    ['{"toString":"x","hasOwnProperty":{"seconds":1}}', 422],
    [`{"reason":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 422],
    [`{"seconds":${'{"a":'.repeat(90)}1${'}'.repeat(90)}}`, 422],
    ['{"reason":5}', 422],
    [JSON.stringify({ reason: 'x'.repeat(501) }), 422],
    ['{"reason":"\\u0000"}', 422],
    ['{"reason":"\\ud800"}', 422],
    ['[]', 422],
    ['[{"seconds":60}]', 422],
    ['"x"', 400],
    ['{', 400],
  ])('[O4] the body %s is refused with %d, and mutes nobody', async (body, status) => {
    await start();
    const answer = await mute('max', body);
    expect([answer.status, answer.body]).toEqual([status, errorResponse(expect.any(String) as string)]);
    expect((await listed()).users).toEqual([]);
  });

  it('[O4] the refusal names a field of the server, [E8] and none that the client chose', async () => {
    await start();
    expect((await mute('max', '{"reason":5}')).body).toMatchObject({ message: expect.stringContaining('»reason«') });
    expect((await mute('max', '{"secret":5}')).body).toMatchObject({ message: 'Validierungsfehler' });
  });

  it('[O4] a body that is not UTF-8 is refused', async () => {
    await start();
    const body = Buffer.from('{"reason":"\xff"}', 'latin1');
    const headers = { Authorization: `Bearer ${MODERATOR_TOKEN}`, 'Content-Type': 'application/json' };
    const answer = await http(server.url + userPath('max', 'mute'), { method: 'POST', headers, body });
    expect(answer.status).toBe(400);
    expect((await listed()).users).toEqual([]);
  });

  it('[O4] a body of another type is refused: ignored, it would mute for ever', async () => {
    await start();
    const answer = await http(server.url + userPath('max', 'mute'), {
      method: 'POST',
      headers: { Authorization: `Bearer ${MODERATOR_TOKEN}`, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: '{"seconds":60}',
    });
    expect(answer.status).toBe(400);
    expect((await listed()).users).toEqual([]);
  });

  it('[O4] a reason may have 500 code points', async () => {
    await start();
    const reason = '🙂'.repeat(500);
    expect((await mute('max', { reason })).body).toMatchObject({ reason });
    expect((await logged()).entries).toEqual([expect.objectContaining({ reason })]);
  });
});

describe('banning', () => {
  it('[O5] closes the connections that use the name with 4403, and the next one that does', async () => {
    await start();
    const [max] = await ChatClient.hello(server, { username: 'max' });
    const v1 = await ChatClient.open(server, '/ws?username=max');
    const [eva] = await ChatClient.hello(server, { username: 'eva' });
    expect((await ban('max', { seconds: 60 })).status).toBe(200);
    expect(await max.nextOf('error')).toMatchObject({ code: 'FORBIDDEN' });
    for (const client of [max, v1]) expect(await client.closed).toMatchObject({ code: 4403, reason: 'banned' });
    const again = await ChatClient.openV2(server);
    again.send({ type: 'hello', username: 'max' });
    expect(await again.next()).toMatchObject({ type: 'error', code: 'FORBIDDEN' });
    expect(await again.closed).toMatchObject({ code: 4403 });
    expect(await (await ChatClient.open(server, '/ws?username=max')).closed).toMatchObject({ code: 4403 });
    eva.sendV2Message('a', 'x');
    await eva.nextOf('ack');
    eva.sendV2Message('b', 'x', 'max');
    expect(await eva.nextOf('error')).toMatchObject({ code: 'FORBIDDEN', client_id: 'b' });
    expect(await eva.closed).toMatchObject({ code: 4403 });
    await lift('ban', 'max');
    const [free] = await ChatClient.hello(server, { username: 'max' });
    free.sendV2Message('a', 'x');
    await free.nextOf('ack');
  });

  it('[O6] disconnecting closes the connections once', async () => {
    await start();
    const [max] = await ChatClient.hello(server, { username: 'max' });
    const [eva] = await ChatClient.hello(server, { username: 'eva' });
    expect((await moderate(server, 'POST', userPath('max', 'disconnect'), { reason: 'pause' })).status).toBe(204);
    expect(await max.closed).toEqual({ code: 1012, reason: 'disconnected by a moderator' });
    const [back] = await ChatClient.hello(server, { username: 'max' });
    for (const client of [back, eva]) {
      client.sendV2Message('a', 'x');
      await client.nextOf('ack');
    }
    expect((await logged()).entries).toEqual([expect.objectContaining({ action: 'disconnect', reason: 'pause' })]);
  });

  it('[O6] and not again after a restart, when the log is read on', async () => {
    await start();
    await moderate(server, 'POST', userPath('max', 'disconnect'));
    await server.stop();
    await start({ DATABASE_URL: server.database });
    const [max] = await ChatClient.hello(server, { username: 'max' });
    // Answered once every entry of the log is in force.
    expect((await mute('eva')).status).toBe(200);
    max.sendV2Message('a', 'x');
    expect(await max.nextOf('ack')).toMatchObject({ client_id: 'a' });
  });
});

describe('the routes', () => {
  const routes = [
    ['POST', userPath('max', 'mute')],
    ['DELETE', userPath('max', 'mute')],
    ['POST', userPath('max', 'ban')],
    ['DELETE', userPath('max', 'ban')],
    ['POST', userPath('max', 'disconnect')],
    ['DELETE', userPath('max', 'messages')],
    ['GET', userPath('max', 'messages/export')],
    ['GET', '/api/moderation/users'],
    ['GET', '/api/moderation/log'],
  ] as const;

  it.each(routes)('[O7] %s %s is for moderators only', async (method, path) => {
    await start();
    expect((await http(server.url + path, { method })).status).toBe(403);
    expect((await moderate(server, method, path, undefined, 'x'.repeat(32))).status).toBe(403);
    expect(await rowsOf(server.database, 'SELECT * FROM moderation_log')).toEqual([]);
  });

  it('[O7] without identities and MODERATOR_TOKEN they do not exist, and old mutes have no effect', async () => {
    await start();
    await mute('max');
    await server.stop();
    await start({ DATABASE_URL: server.database, MODERATOR_TOKEN: '' });
    for (const [method, path] of routes) {
      expect((await moderate(server, method, path)).body).toEqual(errorResponse('NOT_FOUND'));
    }
    const client = await ChatClient.open(server);
    client.sendMessage('max', 'x');
    expect((await client.nextOf('chat_message')).username).toBe('max');
  });

  it('[O8] the list of users is read in pages', async () => {
    await start();
    const names = ['a', 'b', 'c', 'ä', '\uffee', '😀'];
    for (const name of names) await execute(server.database, sanctionOf('mute', name));
    for (const name of ['b', 'd']) await execute(server.database, sanctionOf('ban', name));
    const found: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const { body } = await moderate(
        server,
        'GET',
        `/api/moderation/users?limit=2&after=${encodeURIComponent(after)}`,
      );
      const page = body as { users: { username: string }[]; next: string | null };
      found.push(...page.users.map(({ username }) => username));
      after = page.next;
    }
    expect(found).toEqual(['a', 'b', 'c', 'd', 'ä', '\uffee', '😀']);
  });

  it('[O9] counts what moderators do and what is refused for it', async () => {
    await start();
    await mute('max');
    const client = await ChatClient.open(server);
    client.sendMessage('max', 'x');
    await client.nextOf('error');
    const { text } = await http(`${server.url}/metrics`);
    expect(text).toContain('chat_moderation_actions_total{action="mute"} 1');
    expect(text).toContain('chat_moderation_refusals_total{cause="muted"} 1');
    expect(text).toContain('chat_sanctions{kind="mute"} 1');
  });
});

function sanctionOf(kind: string, name: string): string {
  return `INSERT INTO sanctions (kind, username, moderator, created_at) VALUES ('${kind}', '${name}', 'mod', 0)`;
}

describe('a user’s messages', () => {
  const erase = (username: string) => moderate(server, 'DELETE', userPath(username, 'messages'));
  const exported = async (username: string) => {
    const { text, headers } = await moderate(server, 'GET', userPath(username, 'messages/export'));
    expect(headers.get('content-type')).toBe('application/jsonl; charset=utf-8');
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    return lines.map((line) => JSON.parse(line) as { id: number; message: string; deleted_at?: string });
  };

  it('[O10] are exported as JSON Lines, oldest first, those behind the counters too', async () => {
    await start();
    const log = server.app.get(MessageLog);
    const texts = Array.from({ length: 1_200 }, (_, i) => `${i} \u2028"\n🙂`);
    await Promise.all(texts.flatMap((text) => [append(log, 'max', text), append(log, 'eva', 'x')]));
    const lines = await exported(' max ');
    expect(lines.map(({ message }) => message)).toEqual(texts);
    expect(lines[7]).toEqual({
      id: 15,
      username: 'max',
      message: texts[7],
      timestamp: expect.stringMatching(/\.\d{3}Z$/),
    });
    expect(await exported('nobody')).toEqual([]);
    expect((await logged()).entries.map(({ action }) => action)).toEqual(['export', 'export']);
  });

  it('[O10] an export holds a page in memory, however slowly it is read', async () => {
    await start({ MAX_MESSAGE_LENGTH: '20000', MAX_FRAME_BYTES: '250000' });
    const log = server.app.get(MessageLog);
    for (let i = 0; i < 5; i++) {
      await Promise.all(Array.from({ length: 400 }, () => append(log, 'max', 'x'.repeat(20_000))));
    }
    const response = await fetch(server.url + userPath('max', 'messages/export'), {
      headers: { Authorization: `Bearer ${MODERATOR_TOKEN}` },
    });
    const reader = response.body!.getReader();
    await reader.read();
    for (let i = 0; i < 5; i++) {
      const { text } = await http(`${server.url}/metrics`);
      expect(Number(/^chat_unsent_bytes (\d+)/m.exec(text)![1])).toBeLessThan(3_000_000);
    }
    let bytes = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) bytes += part.value.length;
    expect(bytes).toBeGreaterThan(39_000_000);
  });

  it('[O11] are erased: each becomes a tombstone, and a repeat has nothing to do', async () => {
    await start();
    const log = server.app.get(MessageLog);
    await Promise.all(
      Array.from({ length: 130 }, (_, i) => [
        append(log, 'max', `geheim ${i}`),
        append(log, 'eva', `offen ${i}`),
      ]).flat(),
    );
    const [reader] = await ChatClient.hello(server, { after: 260 });
    expect((await erase('max')).body).toEqual({ username: 'max', complete: true, erased: 130 });
    expect(await reader.nextOf('message_changed')).toMatchObject({ id: 1, message: '', deleted_by: '~operator' });
    const lines = await exported('max');
    expect(lines).toHaveLength(130);
    for (const line of lines) expect(line).toMatchObject({ message: '', deleted_at: expect.any(String) });
    expect(await rowsOf(server.database, `SELECT id FROM messages WHERE message LIKE 'geheim%'`)).toEqual([]);
    expect((await exported('eva')).map(({ message }) => message)).toEqual(
      Array.from({ length: 130 }, (_, i) => `offen ${i}`),
    );
    expect((await erase('max')).body).toEqual({ username: 'max', complete: true, erased: 0 });
    expect((await erase('nobody')).body).toEqual({ username: 'nobody', complete: true, erased: 0 });
    const actions = (await logged()).entries.map(({ action }) => action);
    expect(actions).toEqual(['export', 'export', 'erase']);
  });

  it('[O11] passing over what is erased already holds up nobody', async () => {
    await start();
    const COUNT = 40_000;
    await execute(
      server.database,
      `WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${COUNT})
       INSERT INTO messages (id, username, message, created_at, deleted_at) SELECT id, 'max', '', 0, 0 FROM n`,
    );
    if (isPostgres) await execute(server.database, `UPDATE message_head SET last_id = ${COUNT}`);
    const answered: string[] = [];
    const erased = erase('max').then(() => answered.push('erased'));
    for (let i = 0; i < 5; i++) answered.push(String((await http(`${server.url}/health/live`)).status));
    await erased;
    expect(answered).toEqual([...Array<string>(5).fill('200'), 'erased']);
  });

  it('[O11] a long erasure answers 202 with its progress, one at a time, and the chat goes on', async () => {
    await start();
    const log = server.app.get(MessageLog);
    const COUNT = 4_000;
    await Promise.all(Array.from({ length: COUNT }, (_, i) => append(log, 'max', `${i}`)));
    await append(log, 'eva', 'x');
    const first = await erase('max');
    expect([first.status, first.body]).toEqual([202, { username: 'max', complete: false, erased: expect.any(Number) }]);
    const other = await erase('eva');
    expect([other.status, other.body]).toEqual([503, errorResponse('SERVICE_UNAVAILABLE')]);
    const [writer] = await ChatClient.hello(server, { username: 'max' });
    writer.sendV2Message('a', 'later');
    await writer.nextOf('ack');
    let last = first;
    while (last.status === 202) last = await erase('max');
    expect(last.body).toMatchObject({ complete: true });
    const left = await rowsOf(server.database, `SELECT message FROM messages WHERE message <> '' AND username = 'max'`);
    expect(left).toEqual([{ message: 'later' }]);
  });
});

describe('SLOW_MODE_SECONDS', () => {
  it('[O12] refuses a second message of a user within the time, over all connections', async () => {
    await start({ SLOW_MODE_SECONDS: '2' });
    const [one] = await ChatClient.hello(server, { username: 'max' });
    const [two] = await ChatClient.hello(server, { username: 'max' });
    one.sendV2Message('a', 'x');
    await one.nextOf('ack');
    two.sendV2Message('b', 'x');
    const error = await two.nextOf('error');
    expect(error).toMatchObject({ code: 'RATE_LIMITED', client_id: 'b', retry_after_ms: expect.any(Number) });
    two.sendV2Message('c', 'x', 'eva');
    await two.nextOf('ack');
    await new Promise((resolve) => setTimeout(resolve, error.retry_after_ms as number));
    two.sendV2Message('b', 'x');
    expect(await two.nextOf('ack')).toMatchObject({ client_id: 'b' });
  });

  it('[O12] a message that is refused after all does not count', async () => {
    await start({ SLOW_MODE_SECONDS: '2' });
    const [client] = await ChatClient.hello(server, { username: 'max' });
    client.sendV2Message('a', 'x');
    await client.nextOf('ack');
    client.sendV2Message('b', 'x');
    const { retry_after_ms: wait } = await client.nextOf('error');
    await new Promise((resolve) => setTimeout(resolve, wait as number));
    client.sendV2Message('a', 'another text');
    expect(await client.nextOf('error')).toMatchObject({ code: 'VALIDATION_ERROR', client_id: 'a' });
    client.sendV2Message('b', 'x');
    expect(await client.nextOf('ack')).toMatchObject({ client_id: 'b' });
  });

  it('[O12] a repeat of the last message gets the first answer, over a socket and REST, and does not count', async () => {
    await start({ SLOW_MODE_SECONDS: '2', HTTP_POST: 'true' });
    const repeated = () =>
      http(`${server.url}/api/messages`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'a' },
        body: JSON.stringify({ username: 'max', message: 'x' }),
      });
    const [one] = await ChatClient.hello(server, { username: 'max' });
    one.sendV2Message('a', 'x');
    expect(await one.nextOf('ack')).toMatchObject({ client_id: 'a', id: 1 });
    const [two] = await ChatClient.hello(server, { username: 'max' });
    two.sendV2Message('a', 'x');
    expect(await two.next()).toMatchObject({ type: 'ack', client_id: 'a', id: 1 });
    expect(await repeated()).toMatchObject({ status: 200, body: { id: 1 } });
    two.sendV2Message('b', 'x');
    const { retry_after_ms: wait } = await two.nextOf('error');
    await new Promise((resolve) => setTimeout(resolve, wait as number));
    // Now they are accepted like any message, and only the log recognises them as repeats.
    expect(await repeated()).toMatchObject({ status: 200, body: { id: 1 } });
    two.sendV2Message('a', 'x');
    expect(await two.nextOf('ack')).toMatchObject({ client_id: 'a', id: 1 });
    two.sendV2Message('b', 'x');
    expect(await two.nextOf('ack')).toMatchObject({ client_id: 'b', id: 2 });
  });
});

describe('with identities', () => {
  const tokenOf = (subject: string, roles: string[] = [], name = subject) =>
    new SignJWT({ preferred_username: name, roles })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(subject)
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(SECRET));
  const withToken = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

  it('[O5] a banned author’s connections and event streams end, new ones are refused, REST is 403', async () => {
    await start({ AUTH_JWT_SECRET: SECRET });
    const token = await tokenOf('max');
    const client = await ChatClient.openV2(server, withToken(token));
    client.send({ type: 'hello' });
    await client.nextOf('welcome');
    const stream = await fetch(`${server.url}/api/messages/stream`, withToken(token));
    expect(stream.status).toBe(200);
    expect((await ban('max')).status).toBe(200);
    expect(await client.nextOf('error')).toMatchObject({ code: 'FORBIDDEN' });
    expect((await client.closed).code).toBe(4403);
    await stream.text();
    for (const path of ['/api/messages', '/api/messages/stream']) {
      expect((await http(server.url + path, withToken(token))).status).toBe(403);
    }
    const refused = await ChatClient.openV2(server, withToken(token));
    expect((await refused.closed).code).toBe(4403);
    const late = await ChatClient.openV2(server);
    late.send({ type: 'hello', token });
    expect(await late.next()).toMatchObject({ type: 'error', code: 'FORBIDDEN' });
    expect((await late.closed).code).toBe(4403);
  });

  it('[O14] concern the author under any name', async () => {
    await start({ AUTH_JWT_SECRET: SECRET });
    const hello = async (token: string) => {
      const client = await ChatClient.openV2(server, withToken(token));
      client.send({ type: 'hello' });
      await client.nextOf('welcome');
      return client;
    };
    await hello(await tokenOf('subject 1', [], 'max'));
    await mute('max');
    const renamed = await hello(await tokenOf('subject 1', [], 'moritz'));
    renamed.sendV2Message('a', 'x');
    expect(await renamed.nextOf('error')).toMatchObject({ code: 'FORBIDDEN', client_id: 'a' });
    renamed.send({ type: 'typing' });
    expect(await renamed.nextOf('error')).toMatchObject({ code: 'FORBIDDEN' });
    const other = await hello(await tokenOf('subject 2', [], 'eva'));
    other.sendV2Message('a', 'x');
    await other.nextOf('ack');
  });

  it('[O14] moderators cannot mute, ban or release themselves; their role is what counts', async () => {
    await start({ AUTH_JWT_SECRET: SECRET });
    const mod = await tokenOf('mod', ['chat-moderator']);
    const as = (token: string, method: string, name: string, what: string) =>
      moderate(server, method, userPath(name, what), undefined, token);
    expect((await as(await tokenOf('eva'), 'POST', 'max', 'ban')).status).toBe(403);
    expect((await http(`${server.url}/api/moderation/log`)).status).toBe(401);
    await mute('mod');
    for (const method of ['POST', 'DELETE']) {
      for (const kind of ['mute', 'ban']) expect((await as(mod, method, 'mod', kind)).status).toBe(403);
    }
    expect((await as(mod, 'POST', 'max', 'ban')).status).toBe(200);
    expect((await logged()).entries.map(({ moderator, username }) => [moderator, username])).toEqual([
      ['mod', 'max'],
      ['~operator', 'mod'],
    ]);
    await ban('mod');
    expect((await as(mod, 'DELETE', 'max', 'ban')).status).toBe(403);
  });
});
