import { getDataSourceToken } from '@nestjs/typeorm';
import { SignJWT } from 'jose';
import type { DataSource } from 'typeorm';
import { MessageLog } from '../src/messages/log/message-log';
import { MessagesService } from '../src/messages/messages.service';
import { Change } from '../src/storage/entities/change.entity';
import { Message } from '../src/storage/entities/message.entity';
import { WRITABLE } from '../src/storage/storage';
import { rowsOf } from './support/database';
import { errorResponse, http, type HttpAnswer, rawHttp } from './support/http';
import { startServer, type TestServer } from './support/server';

let server: TestServer;
const stop = () => server.stop();
const start = (environment: Record<string, string>) => async () => {
  server = await startServer(environment);
};

interface Full {
  id: number;
  username: string;
  message: string;
  timestamp: string;
}

const PRECISE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function post(body: unknown, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  return http(`${server.url}/api/messages`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function posted(body: object, headers?: Record<string, string>): Promise<Full> {
  const answer = await post(body, headers);
  expect(answer.status).toBe(201);
  return answer.body as Full;
}

const get = (path: string) => http(`${server.url}/api/messages${path}`);
const total = async () => ((await get('')).body as { total: number }).total;

describe('with nothing set', () => {
  beforeAll(start({}));
  afterAll(stop);

  it.each([
    ['POST', ''],
    ['PUT', '/1'],
    ['PATCH', '/1'],
    ['DELETE', '/1'],
  ])('[Q1] %s /api/messages%s is an unknown route', async (method, path) => {
    const body = JSON.stringify({ username: 'max', message: 'Hallo' });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await http(`${server.url}/api/messages${path}`, { method, headers, body });
    expect(answer).toMatchObject({ status: 404, body: errorResponse('NOT_FOUND', 'Ressource nicht gefunden') });
    expect(await total()).toBe(0);
  });
});

describe('with HTTP_POST=true', () => {
  beforeAll(start({ HTTP_POST: 'true', MAX_MESSAGE_LENGTH: '4000' }));
  afterAll(stop);

  it('[Q1] stores a message, and answers with its address and full form', async () => {
    const answer = await post({ username: ' max ', message: 'Grüße 👋', unknown: [{ key: 1 }] });
    expect(answer.status).toBe(201);
    const full = answer.body as Full;
    expect(full).toEqual({
      id: full.id,
      username: 'max',
      message: 'Grüße 👋',
      timestamp: expect.stringMatching(PRECISE),
    });
    expect(answer.headers.get('location')).toBe(`/api/messages/${full.id}`);
    expect((await get(`/${full.id}`)).body).toEqual(full);
  });

  it('[Q1] keeps a text character for character', async () => {
    const message = '"\\ \u0000'.slice(0, 3) + '\n\u2028\u{1f469}\u200d\u{1f680}e\u0301';
    const { id } = await posted({ username: 'max', message });
    expect((await get(`/${id}`)).body).toMatchObject({ message });
  });

  it('[Q2] a key makes a repeat harmless, in both of its spellings', async () => {
    const first = await posted({ username: 'max', message: 'einmal' }, { 'Idempotency-Key': 'k1' });
    const again = await post({ username: 'max', message: 'einmal' }, { 'Idempotency-Key': '"k1"' });
    expect(again).toMatchObject({ status: 200, body: first });
    expect(again.headers.get('location')).toBe(`/api/messages/${first.id}`);
    const other = await post({ username: 'eva', message: 'einmal' }, { 'Idempotency-Key': 'k1' });
    expect(other.status).toBe(201);
  });

  it('[Q2] another text under a key is 422', async () => {
    await posted({ username: 'max', message: 'eins' }, { 'Idempotency-Key': 'k2' });
    const before = await total();
    const answer = await post({ username: 'max', message: 'zwei' }, { 'Idempotency-Key': 'k2' });
    expect(answer).toMatchObject({ status: 422, body: errorResponse('VALIDATION_ERROR') });
    expect(await total()).toBe(before);
  });

  it.each(['""', '"offen', 'a b', 'x'.repeat(65)])('[Q2] the key %s is refused', async (key) => {
    const answer = await post({ username: 'max', message: 'Hallo' }, { 'Idempotency-Key': key });
    expect(answer).toMatchObject({ status: 422, body: errorResponse('VALIDATION_ERROR') });
  });

  it.each([
    [{ message: 'ohne Namen' }, 'username'],
    [{ username: 'max' }, 'message'],
    [{ username: 'max', message: '' }, 'message'],
    [{ username: 'max', message: ' \u200b' }, 'message'],
    [{ username: 'max', message: 'a\u0000b' }, 'message'],
    [{ username: 'max', message: '\ud800' }, 'message'],
    [{ username: 'max', message: 'x'.repeat(4001) }, 'message'],
    [{ username: 'max', message: ['x'] }, 'message'],
    [{ username: 7, message: 'x' }, 'username'],
    [{ username: 'a\u200db', message: 'x' }, 'username'],
    ['[]', 'JSON'],
    ['[['.repeat(5_000) + ']]'.repeat(5_000), 'verschachtelt'],
    [`{"username":"max","message":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'verschachtelt'],
    [`{"username":"max","message":"x","rest":[${'{},'.repeat(300)}{}]}`, 'zu viele Felder'],
    [
      `{"username":"max","message":"x"${Array.from({ length: 1_000 }, (_, i) => `,"k${i}":1`).join('')}}`,
      'zu viele Felder',
    ],
    ['{"__proto__":{"username":"max","message":"x"}}', 'message'],
  ])('[Q3] %.60j is 422, and names the fault', async (body, named) => {
    const before = await total();
    const answer = await post(body);
    expect(answer).toMatchObject({
      status: 422,
      body: errorResponse('VALIDATION_ERROR', expect.stringContaining(named)),
    });
    expect(await total()).toBe(before);
  });

  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/json-patch+json', 415],
    ['', 415],
  ])('[Q3] the content type "%s" is %d', async (type, status) => {
    const answer = await post({ username: 'max', message: 'Hallo' }, { 'Content-Type': type });
    expect(answer).toMatchObject({ status, body: errorResponse('BAD_REQUEST') });
  });

  it.each([
    ['broken JSON', Buffer.from('{"username":"max",')],
    ['invalid UTF-8', Buffer.from('{"username":"max","message":"\xff"}', 'latin1')],
    ['UTF-7', Buffer.from('{"username":"max","message":"+AGE-"}'), 'utf-7'],
    ['UTF-16', Buffer.from('{"username":"max","message":"Hallo"}', 'utf16le'), 'utf-16le'],
  ])('[Q3] %s is 400', async (_, bytes, charset = 'utf-8') => {
    const headers = { 'Content-Type': `application/json; charset=${charset}` };
    const answer = await http(`${server.url}/api/messages`, { method: 'POST', headers, body: bytes });
    expect(answer).toMatchObject({ status: 400, body: errorResponse('BAD_REQUEST') });
  });

  it('[Q4] the longest message fits however it is escaped, and a longer body is 413', async () => {
    const escaped = '\\ud83d\\ude00'.repeat(4_000);
    expect((await post(`{"username":"max","message":"${escaped}"}`)).status).toBe(201);
    expect((await post(`{"username":"max","message":"x","rest":"${'x'.repeat(60_000)}"}`)).status).toBe(413);
  });

  it('[Q5] a client that leaves does not stop its message or the next one', async () => {
    const before = await total();
    const body = JSON.stringify({ username: 'max', message: 'weg' });
    const abort = new AbortController();
    const sent = fetch(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      signal: abort.signal,
    }).catch(() => undefined);
    abort.abort();
    await sent;
    const { id } = await posted({ username: 'max', message: 'noch da' });
    await server.app.get(MessageLog).flushed();
    expect(id).toBeGreaterThan(before);
    expect(await total()).toBeGreaterThanOrEqual(id);
  });
});

describe('rates', () => {
  beforeAll(
    start({ HTTP_POST: 'true', LIMITS: 'on', MESSAGE_RATE: '1', MESSAGE_BURST: '3', MESSAGE_RATE_PER_IP: '1' }),
  );
  afterAll(stop);

  it('[Q6] who writes more than MESSAGE_RATE is refused for a moment', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({ username: 'max', message: 'x' })));
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(3);
    const refused = answers.find(({ status }) => status !== 201)!;
    expect(refused).toMatchObject({ status: 429, body: errorResponse('RATE_LIMITED') });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('one message', () => {
  beforeAll(async () => {
    await start({ HTTP_POST: 'true' })();
    await posted({ username: 'max', message: 'eins' });
  });
  afterAll(stop);

  it('[Q7] has its full form, also for HEAD', async () => {
    const answer = await get('/1');
    expect(answer).toMatchObject({ status: 200, body: { id: 1, timestamp: expect.stringMatching(PRECISE) } });
    const head = await rawHttp(server.port, 'HEAD /api/messages/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(answer.text)}`);
  });

  it.each(['2', '9007199254740991'])('[Q7] %s is unknown: 404', async (id) => {
    expect(await get(`/${id}`)).toMatchObject({ status: 404, body: errorResponse('NOT_FOUND') });
  });

  it.each(['0', '01', '-1', '1.0', '1e0', 'x', '9007199254740992', '%20', '%00'])(
    '[Q7] %s is no id: 404',
    async (id) => {
      const answer = await get(`/${id}`);
      expect(answer).toMatchObject({ status: 404, body: errorResponse('NOT_FOUND', 'Ressource nicht gefunden') });
    },
  );

  it.each(['/recent', '/stats', '/user/max', '/changes', ''])('[Q7] leaves /api/messages%s alone', async (path) => {
    expect((await get(path)).status).toBe(200);
  });

  it.each(['', '/recent', '/user/max'])(
    '[Q8] /api/messages%s?view=full has full forms, and keeps the other one',
    async (path) => {
      const full = (await get('/1')).body;
      expect((await get(`${path}?view=full`)).body).toMatchObject({ messages: [full] });
      const { messages } = (await get(path)).body as { messages: object[] };
      expect(Object.keys(messages[0]!)).toEqual(['id', 'username', 'message', 'timestamp']);
    },
  );

  it.each(['view=', 'view=short', 'view=full&view=full'])('[Q8] ?%s is 422, and named', async (query) => {
    const { status, body } = await get(`?${query}`);
    expect({ status, body }).toMatchObject({ status: 422, body: errorResponse('VALIDATION_ERROR') });
    expect(body).toMatchObject({ message: expect.stringContaining('»view«') as string });
  });
});

describe('changes', () => {
  /** More changes than a page scans. */
  const MANY = 5_000;

  beforeAll(async () => {
    await start({ HTTP_POST: 'true' })();
    for (const message of ['eins', 'zwei', 'drei']) await posted({ username: 'max', message });
    const database = server.app.get<DataSource>(getDataSourceToken(WRITABLE));
    // Many changes of the first message, one of the third, then a last one of the first.
    const rows = Array.from({ length: MANY }, (_, i) => ({ id: i + 1, messageId: 1, createdAt: i }));
    rows.push({ id: MANY + 1, messageId: 3, createdAt: 0 }, { id: MANY + 2, messageId: 1, createdAt: 0 });
    await database.getRepository(Change).save(rows, { chunk: 500 });
    const messages = database.getRepository(Message);
    await messages.update(1, { message: '', changeId: MANY + 2, deletedAt: 1_000, deletedBy: 'eva' });
    await messages.update(3, { message: 'DREI', changeId: MANY + 1, editedAt: 2_000 });
  });
  afterAll(stop);

  interface Changes {
    messages: Full[];
    last_change_id: number;
    limit: number;
  }

  const changes = async (query: string) => (await get(`/changes?${query}`)).body as Changes;

  it('[Q9] lists each changed message once, in its present state, in the order of the changes', async () => {
    const after = MANY;
    expect(await changes(`after=${after}`)).toEqual({
      messages: [
        {
          ...{ id: 3, username: 'max', message: 'DREI', timestamp: expect.stringMatching(PRECISE) },
          ...{ edited_at: '1970-01-01T00:00:02.000Z', change_id: MANY + 1 },
        },
        {
          ...{ id: 1, username: 'max', message: '', timestamp: expect.stringMatching(PRECISE) },
          ...{ deleted_at: '1970-01-01T00:00:01.000Z', deleted_by: 'eva', change_id: MANY + 2 },
        },
      ],
      last_change_id: MANY + 2,
      limit: 50,
    });
    expect(await changes(`after=${after}&limit=1`)).toMatchObject({ messages: [{ id: 3 }], last_change_id: MANY + 1 });
  });

  it('[Q9] skips superseded changes, a bounded number at a time', async () => {
    const seen: number[] = [];
    let [after, pages] = [0, 0];
    while (after < MANY + 2) {
      const page = await changes(`after=${after}`);
      expect(page.last_change_id).toBeGreaterThan(after);
      seen.push(...page.messages.map(({ id }) => id));
      after = page.last_change_id;
      pages++;
    }
    expect(seen).toEqual([3, 1]);
    expect(pages).toBeGreaterThan(1);
  });

  it('[Q9] charges for superseded changes, which are read as well', async () => {
    const { body, bytes } = await server.app.get(MessagesService).changes({ after: 0 });
    expect(bytes).toBeGreaterThanOrEqual(32 * body.last_change_id);
  });

  it('[Q9] has nothing behind the newest change, whose id it tells', async () => {
    const nothing = { messages: [], last_change_id: MANY + 2, limit: 50 };
    expect(await changes(`after=${MANY + 2}`)).toEqual(nothing);
    expect(await changes('after=9007199254740991')).toEqual(nothing);
  });

  it('[Q8] a deleted message has an empty text in the lists, and keeps its place', async () => {
    expect((await get('?limit=1')).body).toEqual({
      messages: [{ id: 1, username: 'max', message: '', timestamp: expect.any(String) }],
      ...{ total: 3, limit: 1, offset: 0 },
    });
  });
});

describe('with tokens', () => {
  const SECRET = 'a-secret-of-at-least-thirty-two-characters';
  const OPERATOR = 'the-operators-own-secret-of-32-characters';
  const exp = Math.floor(Date.now() / 1000) + 600;
  let max: Record<string, string>;
  let eva: Record<string, string>;
  const operator = { Authorization: `Bearer ${OPERATOR}` };

  async function authorization(sub: string): Promise<Record<string, string>> {
    const token = await new SignJWT({ sub, exp }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(SECRET));
    return { Authorization: `Bearer ${token}` };
  }

  beforeAll(async () => {
    await start({ AUTH_JWT_SECRET: SECRET, MODERATOR_TOKEN: OPERATOR, AUTH_GUESTS: 'write' })();
    [max, eva] = (await Promise.all(['max', 'eva'].map(authorization))) as [typeof operator, typeof operator];
  });
  afterAll(stop);

  const as = (headers: Record<string, string>, method: string, path: string, body?: object) =>
    http(`${server.url}/api/messages${path}`, {
      method,
      headers: { ...(body && { 'Content-Type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });

  it('[Q1] an author writes under its own name, given or not, and is verified', async () => {
    expect((await post({ message: 'ich' }, max)).body).toMatchObject({ username: 'max', verified: true });
    expect((await post({ message: 'ich', username: 'max' }, max)).body).toMatchObject({ username: 'max' });
    const before = await total();
    const other = await post({ message: 'ich', username: 'eva' }, max);
    expect(other).toMatchObject({ status: 403, body: errorResponse('FORBIDDEN') });
    expect(await total()).toBe(before);
  });

  it('[Q1] the operator cannot write, nor can a guest without HTTP_POST', async () => {
    expect((await post({ message: 'x', username: 'mod' }, operator)).status).toBe(403);
    expect((await post({ message: 'x', username: 'gast' })).status).toBe(401);
  });

  it('[Q2] a key belongs to the author', async () => {
    const first = await posted({ message: 'eins' }, { ...max, 'Idempotency-Key': 'gleich' });
    const other = await posted({ message: 'eins' }, { ...eva, 'Idempotency-Key': 'gleich' });
    expect(other.id).not.toBe(first.id);
    expect((await post({ message: 'eins' }, { ...max, 'Idempotency-Key': 'gleich' })).body).toEqual(first);
  });

  it('[Q10] an author edits an own message; nobody else does', async () => {
    const { id } = await posted({ message: 'alt' }, max);
    for (const [who, status] of [
      [eva, 403],
      [operator, 403],
      [{}, 401],
    ] as const)
      expect((await as(who, 'PATCH', `/${id}`, { message: 'fremd' })).status).toBe(status);
    const edited = await as({ ...max, 'Idempotency-Key': '"e1"' }, 'PATCH', `/${id}`, { message: 'neu' });
    expect(edited).toMatchObject({
      status: 200,
      body: { id, message: 'neu', edited_at: expect.stringMatching(PRECISE) },
    });
    expect((await get(`/${id}`)).body).toEqual(edited.body);
    const again = await as({ ...max, 'Idempotency-Key': 'e1' }, 'PATCH', `/${id}`, { message: 'neu' });
    expect(again).toMatchObject({ status: 200, body: edited.body });
    const taken = await as({ ...max, 'Idempotency-Key': 'e1' }, 'PATCH', `/${id}`, { message: 'anders' });
    expect(taken.status).toBe(422);
    expect((await as(max, 'PATCH', `/${id}`, { message: ' ' })).status).toBe(422);
    expect((await as(max, 'PATCH', `/${id}`)).status).toBe(415);
  });

  it('[Q10] an author deletes an own message, and it stays deleted', async () => {
    const { id } = await posted({ message: 'geheim' }, max);
    expect((await as(eva, 'DELETE', `/${id}`)).status).toBe(403);
    const deleted = await as(max, 'DELETE', `/${id}`);
    expect(deleted).toMatchObject({ status: 200, body: { id, message: '', deleted_by: 'max' } });
    expect(await as(max, 'DELETE', `/${id}`)).toMatchObject({ status: 200, body: deleted.body });
    expect((await as(max, 'PATCH', `/${id}`, { message: 'doch' })).status).toBe(404);
    expect((await get('/changes')).body).toMatchObject({ messages: expect.arrayContaining([deleted.body]) });
  });

  it('[Q2] a repeat of a message that is deleted gets what is left of it, whatever its text', async () => {
    const key = { ...max, 'Idempotency-Key': 'deleted' };
    const { id } = await posted({ message: 'geheim' }, key);
    const { body } = await as(max, 'DELETE', `/${id}`);
    for (const message of ['geheim', 'etwas anderes']) {
      expect(await post({ message }, key)).toMatchObject({ status: 200, body });
    }
  });

  it('[Q10] a moderator deletes any message, with a reason', async () => {
    const first = await posted({ message: 'Werbung' }, max);
    const second = await posted({ message: 'Werbung' }, eva);
    const deleted = await as(operator, 'DELETE', `/${first.id}?reason=Werbung`);
    expect(deleted).toMatchObject({ status: 200, body: { message: '', deleted_by: '~operator' } });
    expect((await as(operator, 'DELETE', `/${second.id}`, { reason: 'Werbung' })).status).toBe(200);
    const long = 'x'.repeat(2_001);
    expect((await as(operator, 'DELETE', `/${first.id}?reason=${long}`)).status).toBe(422);
    expect((await as(operator, 'DELETE', `/${first.id}?reason=a&reason=b`)).status).toBe(422);
    const log = await rowsOf(server.database, 'SELECT action, reason FROM moderation_log ORDER BY id');
    expect(log.map(({ reason }) => reason)).toEqual(['Werbung', 'Werbung']);
  });

  it('[Q10] an unknown message is 404', async () => {
    expect((await as(max, 'PATCH', '/999999', { message: 'x' })).status).toBe(404);
    expect((await as(operator, 'DELETE', '/999999')).status).toBe(404);
  });
});
