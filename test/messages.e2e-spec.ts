import { DataSource } from 'typeorm';
import { Clock } from '../src/platform/lifecycle/clock';
import { MessageLog } from '../src/messages/log/message-log';
import { append } from './support/append';
import { planOf, rowsOf } from './support/database';
import { errorResponse, http } from './support/http';
import { startServer, type TestServer } from './support/server';
import { until } from './support/until';

interface Page {
  messages: { id: number; username: string; message: string }[];
  total: number;
  total_messages: number;
  limit: number;
  offset: number;
}

let server: TestServer;
const stop = () => server.stop();

async function store(...messages: [username: string, message: string][]): Promise<void> {
  const log = server.app.get(MessageLog);
  await Promise.all(messages.map(([username, message]) => append(log, username, message)));
}

async function get(path: string): Promise<Page> {
  const answer = await http(`${server.url}/api/messages${path}`);
  expect(answer.status).toBe(200);
  return answer.body as Page;
}

const ids = (page: Page) => page.messages.map((message) => message.id);

/** Starts a server with 120 messages: every third by eva, the others by max. */
async function startFilled(): Promise<void> {
  server = await startServer();
  await store(
    ...Array.from({ length: 120 }, (_, i): [string, string] => [i % 3 ? 'max' : 'eva', `Nachricht ${i + 1}`]),
  );
}

describe('lists', () => {
  beforeAll(startFilled);
  afterAll(stop);

  it('[M1] pages from the oldest, 50 by default', async () => {
    const first = await get('');
    expect(first).toMatchObject({ total: 120, limit: 50, offset: 0 });
    expect(first.messages[0]).toEqual({
      id: 1,
      username: 'eva',
      message: 'Nachricht 1',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
    });
    expect(ids(first)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    const last = await get('?limit=1000&offset=117');
    expect(last).toMatchObject({ total: 120, limit: 1000, offset: 117 });
    expect(ids(last)).toEqual([118, 119, 120]);
  });

  it('[M2] an offset past the end is an empty list', async () => {
    expect(await get('?offset=120')).toEqual({ messages: [], total: 120, limit: 50, offset: 120 });
    expect(await get('?offset=9007199254740991')).toMatchObject({ messages: [], total: 120 });
  });

  it('[M3] after and before are cursors', async () => {
    expect(ids(await get('?after=100&limit=3'))).toEqual([101, 102, 103]);
    expect(ids(await get('?before=4'))).toEqual([1, 2, 3]);
    expect(await get('?before=100&limit=2')).toMatchObject({ messages: [{ id: 98 }, { id: 99 }], offset: 97 });
  });

  it.each(['offset=1&after=1', 'offset=1&before=1', 'after=1&before=5'])('[M3] %s is 422', async (query) => {
    const answer = await http(`${server.url}/api/messages?${query}`);
    expect(answer).toMatchObject({ status: 422, body: errorResponse('VALIDATION_ERROR') });
  });

  it('[M4] /recent returns the newest messages, oldest first', async () => {
    const recent = await get('/recent?limit=3');
    expect(ids(recent)).toEqual([118, 119, 120]);
    expect(recent).toMatchObject({ total: 3, limit: 3 });
    expect(await get('/recent')).toMatchObject({ total: 50, limit: 50 });
    expect(ids(await get('/recent?limit=3&before=118'))).toEqual([115, 116, 117]);
  });

  it("[M5] a user's list has the newest messages, oldest first, and the overall count", async () => {
    const page = await get('/user/eva?limit=2');
    expect(page).toMatchObject({ username: 'eva', total_messages: 40, limit: 2 });
    expect(ids(page)).toEqual([115, 118]);
  });

  it('[M6] an unknown user has an empty list', async () => {
    expect(await get('/user/niemand')).toEqual({ messages: [], username: 'niemand', total_messages: 0, limit: 50 });
    expect(await get('/user/%00')).toMatchObject({ messages: [], total_messages: 0 });
  });

  it.each(['%00', 'x'.repeat(10_000), encodeURIComponent('\u0301'.repeat(600) + '\u0316'.repeat(600))])(
    '[M13] an impossible name is an unknown user (%#)',
    async (encoded) => {
      const username = decodeURIComponent(encoded);
      expect(await get(`/user/${encoded}`)).toEqual({ messages: [], username, total_messages: 0, limit: 50 });
    },
  );

  it("[M7] before pages back through a user's messages", async () => {
    expect(ids(await get('/user/eva?limit=2&before=115'))).toEqual([109, 112]);
    expect(await get('/user/eva?before=1')).toMatchObject({ messages: [], total_messages: 40 });
  });

  it.each([
    ['', 'limit', 1, 1000],
    ['/recent', 'limit', 1, 100],
    ['/user/max', 'limit', 1, 1000],
    ['', 'offset', 0, Number.MAX_SAFE_INTEGER],
    ['', 'after', 0, Number.MAX_SAFE_INTEGER],
    ['', 'before', 0, Number.MAX_SAFE_INTEGER],
    ['/user/max', 'before', 0, Number.MAX_SAFE_INTEGER],
    ['/recent', 'before', 0, Number.MAX_SAFE_INTEGER],
  ])('[M9] %s?%s is an integer from %d to %d, given once', async (path, name, min, max) => {
    const bad = [
      '',
      '-1',
      '1.5',
      '1e2',
      '0x1',
      'abc',
      '+1',
      '%201',
      `${max + 1}`,
      '99999999999999999999',
      '1&X=2',
      'true',
    ];
    if (min > 0) bad.push('0');
    for (const value of bad) {
      const query = `${name}=${value.replace('X', name)}`;
      const answer = await http(`${server.url}/api/messages${path}?${query}`);
      expect([query, answer.status, answer.body]).toEqual([
        query,
        422,
        errorResponse(
          'VALIDATION_ERROR',
          `Validierungsfehler: »${name}« muss eine ganze Zahl von ${min} bis ${max} sein`,
        ),
      ]);
    }
    await get(`${path}?${name}=${min}`);
    await get(`${path}?${name}=${max}`);
  });

  it('[M9] unknown parameters are ignored', async () => {
    expect(await get('?page=x&limit[]=0&__proto__=1')).toMatchObject({ limit: 50 });
  });
});

describe('names in the path', () => {
  beforeAll(startFilled);
  afterAll(stop);

  it.each([
    ['Jürgen', 'J%C3%BCrgen'],
    ['a/b?c#d', 'a%2Fb%3Fc%23d'],
    ['100%', '100%25'],
    ['😀', '%F0%9F%98%80'],
    ['..', '%2e%2e'],
  ])('[M5] percent-decodes %s and compares it exactly', async (username, encoded) => {
    await store([username, 'Hallo']);
    expect(await get(`/user/x${encoded}`)).toMatchObject({ total_messages: 0 });
    if (username !== '..') expect(await get(`/user/${encoded}`)).toMatchObject({ username, total_messages: 1 });
    expect(await get(`/user/MAX`)).toMatchObject({ total_messages: 0 });
  });

  it.each(['eva\u3164', 'eva\u2028admin', 'a  b', `a${'\u0316'.repeat(49)}`, '\u2800'])(
    '[M13] %j, stored when such names were allowed, is found',
    async (username) => {
      await store([username, 'Hallo']);
      const answer = await get(`/user/${encodeURIComponent(username)}`);
      expect(answer).toMatchObject({ username, total_messages: 1, messages: [{ username }] });
    },
  );
});

describe('lists that grow', () => {
  beforeEach(startFilled);
  afterEach(stop);

  it.each([
    ['Zo\u00eb', 'Zoe%CC%88'],
    ['Zo\u00eb', '%20Zo%C3%AB%C2%A0'],
    ['max von Muster', 'max%20%20von%20%20%20Muster'],
  ])('[M13] %s is found as %s', async (username, encoded) => {
    await store([username, 'Hallo']);
    expect(await get(`/user/${encoded}`)).toMatchObject({ username, total_messages: 1, messages: [{ username }] });
  });

  it('[M10] ids are contiguous in the order of storing', async () => {
    await Promise.all([store(['a', '1'], ['b', '2']), store(['c', '3'])]);
    const page = await get('?after=0&limit=1000');
    expect(ids(page)).toEqual(Array.from({ length: 123 }, (_, i) => i + 1));
    expect(page.messages.slice(-3).map((message) => message.message)).toEqual(['1', '2', '3']);
  });

  it('[M11] every statement of a list seeks, and counts only rows not covered by the counters', async () => {
    const dataSource = server.app.get(DataSource);
    const statements: [string, unknown[]][] = [];
    Object.assign(dataSource.logger, {
      logQuery: (query: string, parameters: unknown[] = []) => statements.push([query.trim(), parameters]),
    });
    await get('?offset=100');
    await get('?before=50');
    await get('/recent');
    await get('/user/eva?before=90');
    // Lists that may exceed the size limit query sizes first.
    await get('?after=10&limit=1000');
    await get('/recent?limit=100');
    await get('/user/eva?limit=1000');
    await get('/stats');
    const selects = statements.filter(([query]) => /^(SELECT|WITH)/.test(query));
    expect(selects.length).toBeGreaterThanOrEqual(14);
    for (const [query, parameters] of selects) {
      const plan = await planOf(server.database, query, parameters);
      expect(query).not.toMatch(/OFFSET/);
      // These two tables have one row. SQLite reports an index walk up to a LIMIT as a scan, too.
      expect(plan).not.toMatch(/Seq Scan on (?!stats_totals|message_head)/);
      if (!/LIMIT \d+$/.test(query)) {
        expect(plan).not.toMatch(/SCAN (m|messages|Message|user_messages|stats_users|stats_days)\b/);
      }
      expect(`${plan} ${query}`).toMatch(/SEARCH|Index Cond|LIMIT/);
    }
  });
});

describe('pages over the size limit', () => {
  afterEach(stop);

  const MIB = 1024 * 1024;
  const COUNT = 200;

  /** All pages from this address on, found through the `Link` header. */
  async function followLinks(path: string): Promise<Page[]> {
    const pages: Page[] = [];
    for (let url: string | undefined = `${server.url}/api/messages${path}`; url !== undefined;) {
      const answer = await http(url);
      expect(answer.status).toBe(200);
      expect(answer.text.length).toBeGreaterThan(0);
      expect(Buffer.byteLength(answer.text)).toBeLessThan(1.05 * MIB);
      pages.push(answer.body as Page);
      const link = answer.headers.get('link');
      const next = link === null ? undefined : /^<([^>]+)>; rel="next"$/.exec(link)![1]!;
      url = next === undefined ? undefined : new URL(next, url).href;
    }
    return pages;
  }

  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

  it.each([
    ['four bytes per character', '😀'.repeat(4000)],
    ['six bytes of JSON per byte of text', '\u0001'.repeat(4000)],
  ])('[M14] end at about 1 MiB, with %s, and Link leads to the rest of the requested list', async (_, text) => {
    server = await startServer();
    await store(...range(1, COUNT).map((id): [string, string] => [id % 2 ? 'eva' : 'max', text]));
    const forwards = await followLinks('?limit=150&offset=10');
    expect(forwards.length).toBeGreaterThan(1);
    expect(forwards.flatMap(ids)).toEqual(range(11, 160));
    expect(Object.keys(forwards[0]!)).toEqual(['messages', 'total', 'limit', 'offset']);
    expect(forwards[0]).toMatchObject({ total: COUNT, limit: 150, offset: 10 });
    expect(forwards.at(-1)).toMatchObject({ offset: forwards.at(-1)!.messages[0]!.id - 1 });
    expect((await followLinks('?limit=150&after=10')).flatMap(ids)).toEqual(range(11, 160));
    // The newest page comes first; each page is oldest first.
    const backwards = async (path: string) => (await followLinks(path)).reverse().flatMap(ids);
    expect(await backwards('?limit=120&before=151')).toEqual(range(31, 150));
    expect(await backwards('/recent?limit=100')).toEqual(range(COUNT - 99, COUNT));
    expect(await backwards('/user/max?limit=90')).toEqual(range(1, COUNT).filter((id) => id % 2 === 0 && id > 20));
    const [recent] = await followLinks('/recent?limit=100');
    expect(recent).toMatchObject({ total: recent!.messages.length, limit: 100 });
    expect(recent!.messages.at(-1)!.id).toBe(COUNT);
  });

  it('[M14] a longer message is a page of its own', async () => {
    server = await startServer({ MAX_MESSAGE_LENGTH: '1000000' });
    const long = '😀'.repeat(500_000);
    await store(['max', 'kurz'], ['max', long], ['max', long], ['max', 'kurz']);
    const sizes = async (path: string) => {
      const pages: number[][] = [];
      for (let next: string | null = path; next !== null;) {
        const answer: { headers: Headers; body: unknown } = await http(`${server.url}/api/messages${next}`);
        pages.push(ids(answer.body as Page));
        const link = answer.headers.get('link');
        next = link === null ? null : /<([^>]+)>/.exec(link)![1]!;
      }
      return pages;
    };
    expect(await sizes('')).toEqual([[1], [2], [3], [4]]);
    expect(await sizes('?before=5')).toEqual([[4], [3], [2], [1]]);
  });

  it('[M14] a complete page has no Link', async () => {
    server = await startServer();
    await store(...range(1, 20).map((): [string, string] => ['max', 'kurz']));
    for (const path of ['?limit=10', '?limit=1000', '?before=15&limit=5', '/recent?limit=5', '/user/max?limit=5']) {
      expect((await http(`${server.url}/api/messages${path}`)).headers.get('link')).toBeNull();
    }
  });
});

describe('statistics', () => {
  afterEach(stop);

  beforeEach(async () => (server = await startServer()));

  it('[M8] are empty without messages', async () => {
    expect(await get('/stats')).toEqual({
      total_messages: 0,
      total_users: 0,
      most_active_user: null,
      messages_today: 0,
      average_message_length: 0,
    });
  });

  it('[M8] count code points, users and the day', async () => {
    const clock = server.app.get(Clock);
    const now = jest.spyOn(clock, 'now');
    now.mockReturnValue(Date.UTC(2024, 0, 1, 23, 59, 59, 999));
    await store(['eva', '😀😀😀'], ['max', 'a']);
    now.mockReturnValue(Date.UTC(2024, 0, 2));
    await store(['max', 'bb']);
    expect(await get('/stats')).toEqual({
      total_messages: 3,
      total_users: 2,
      most_active_user: { username: 'max', message_count: 2 },
      messages_today: 1,
      average_message_length: 2,
    });
    await store(['eva', 'cc'], ['eva', 'ddd']);
    expect(await get('/stats')).toMatchObject({ average_message_length: 2.2, messages_today: 3 });
  });

  it('[M8] on a tie the most active user is the name that sorts first', async () => {
    await store(['b', 'x'], ['B', 'x'], ['ä', 'x'], ['a', 'x']);
    expect(await get('/stats')).toMatchObject({ most_active_user: { username: 'B', message_count: 1 } });
  });

  it('[M12] equal a recount, while the counters lag and after they have caught up', async () => {
    const some = (count: number) =>
      store(...Array.from({ length: count }, (_, i): [string, string] => [`u${i % 7}`, 'ä😀x'.repeat((i % 5) + 1)]));
    const find = (sql: string) => rowsOf(server.database, sql);
    const expectRight = async () => {
      const [recount] = await find(
        `SELECT count(*) AS total_messages, count(DISTINCT username) AS total_users, count(*) AS messages_today,
                round(avg(length(message)), 1) AS average_message_length FROM messages`,
      );
      const perUser = await find('SELECT username, count(*) AS messages FROM messages GROUP BY 1 ORDER BY 2 DESC, 1');
      const [leader] = perUser;
      expect(await get('/stats')).toMatchObject({
        ...recount,
        most_active_user: { username: leader!.username, message_count: leader!.messages },
      });
      for (const { username, messages } of perUser) {
        const written = await find(`SELECT id FROM messages WHERE username = '${String(username)}' ORDER BY id`);
        const page = await get(`/user/${String(username)}?limit=1000`);
        expect(page.total_messages).toBe(messages);
        expect(ids(page)).toEqual(written.map(({ id }) => id));
      }
    };
    const covered = async () => (await find('SELECT messages FROM stats_totals'))[0]!.messages as number;
    await some(400);
    await expectRight();
    await some(2000);
    await until(async () => (await covered()) >= 2000);
    await expectRight();
    await store(['u6', 'x'], ['u6', 'x'], ['new', 'x']);
    await expectRight();
    const upTo = await covered();
    const counted = `SELECT username, count(*) AS messages FROM messages WHERE id <= ${upTo} GROUP BY 1 ORDER BY 1`;
    const index = 'SELECT username, count(*) AS messages FROM user_messages GROUP BY 1 ORDER BY 1';
    expect(await find('SELECT username, messages FROM stats_users ORDER BY 1')).toEqual(await find(counted));
    expect(await find(index)).toEqual(await find(counted));
  });
});
