import { type Page, PageCache } from './page-cache';

const page = (bytes: number, lastId = 0): Page => ({ frames: Buffer.alloc(bytes), lastId });

describe('PageCache', () => {
  it('creates a page once for all callers, during and after its creation', async () => {
    const cache = new PageCache(10_000, 1);
    let made = 0;
    const make = async () => {
      made++;
      await new Promise(setImmediate);
      return page(100);
    };
    const [first, second] = await Promise.all([cache.get('a', make), cache.get('a', make)]);
    expect(second).toBe(first);
    expect(await cache.get('a', make)).toBe(first);
    expect(made).toBe(1);
  });

  it('keeps no more than its bound, and accounts for it exactly', async () => {
    const cache = new PageCache(100_000, 1);
    for (let i = 0; i < 50; i++) await cache.get(String(i), () => Promise.resolve(page(9_000 + i)));
    expect(cache.bytes).toBeLessThanOrEqual(100_000);
    expect(cache.bytes).toBeGreaterThan(80_000);
    let made = 0;
    const make = () => {
      made++;
      return Promise.resolve(page(1));
    };
    await cache.get('49', make);
    expect(made).toBe(0);
    await cache.get('0', make);
    expect(made).toBe(1);
    await cache.get('large', () => Promise.resolve(page(200_000)));
    expect(cache.bytes).toBe(0);
  });

  it('drops pages with an id, kept or in progress: later callers get new ones, and nothing stale is kept', async () => {
    const cache = new PageCache(10_000, 2);
    let made = 0;
    const get = (key: string, after: number) =>
      cache.get(key, () => Promise.resolve(page(100, ++made)), { after, upTo: after + 10 });
    await get('a', 0);
    await get('b', 10);
    cache.drop(10);
    expect([(await get('a', 0)).lastId, (await get('b', 10)).lastId, made]).toEqual([3, 2, 3]);
    const stale = get('c', 20);
    cache.drop(25);
    const fresh = get('c', 20);
    expect((await stale).lastId).not.toBe((await fresh).lastId);
    expect((await get('c', 20)).lastId).toBe((await fresh).lastId);
    cache.drop(30);
    cache.drop(1);
    cache.drop(11);
    expect(cache.bytes).toBe(0);
  });

  it('creates no more pages at a time than its concurrency', async () => {
    const cache = new PageCache(10_000, 3);
    let inProgress = 0;
    let most = 0;
    const make = async () => {
      most = Math.max(most, ++inProgress);
      await new Promise(setImmediate);
      inProgress--;
      return page(1);
    };
    await Promise.all(Array.from({ length: 20 }, (_, i) => cache.get(String(i), make)));
    expect(most).toBe(3);
  });

  it('rejects all waiting callers on a failure, and does not cache it', async () => {
    const cache = new PageCache(10_000, 1);
    const fail = () => Promise.reject(new Error('no'));
    const results = await Promise.allSettled([cache.get('a', fail), cache.get('a', fail)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cache.get('a', () => Promise.resolve(page(1, 7)))).toMatchObject({ lastId: 7 });
  });
});
