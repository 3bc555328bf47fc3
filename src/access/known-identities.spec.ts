import type { Identity } from './identity';
import { KnownIdentities } from './known-identities';

const of = (roles: readonly string[]): Identity => ({
  kind: 'author',
  authorId: 1,
  username: 'max',
  roles,
  can: { read: true, write: true, moderate: false },
});

async function filled(count: number, roles: readonly string[]): Promise<KnownIdentities> {
  const known = new KnownIdentities();
  for (let i = 0; i < count; i++) await known.check(String(i), () => Promise.resolve(of(roles)));
  return known;
}

it('forgets the least recently used first', async () => {
  const known = new KnownIdentities(2);
  for (const proof of ['a', 'b']) await known.check(proof, () => Promise.resolve(of([])));
  known.get('a');
  await known.check('c', () => Promise.resolve(of([])));
  expect(['a', 'b', 'c'].map((proof) => known.get(proof) !== undefined)).toEqual([true, false, true]);
});

it('holds fewer identities the more roles they have', async () => {
  expect((await filled(20_001, ['chat'])).size).toBe(20_000);
  const many = Array.from({ length: 900 }, (_, i) => `role ${i}`);
  expect((await filled(2_000, many)).size).toBeLessThan(1_500);
  expect((await filled(100, ['x'.repeat(6_000)])).size).toBe(100);
});

it('frees the room of evicted identities', async () => {
  const known = await filled(
    3_000,
    Array.from({ length: 900 }, (_, i) => `role ${i}`),
  );
  for (let i = 0; i < 3_000; i++) known.delete(String(i));
  expect(known.size).toBe(0);
  for (let i = 0; i < 20_001; i++) await known.check(`new ${i}`, () => Promise.resolve(of([])));
  expect(known.size).toBe(20_000);
});

it('keeps one identity, however large', async () => {
  const known = new KnownIdentities(10, 1);
  await known.check('a', () => Promise.resolve(of(['chat'])));
  expect(known.get('a')).toBeDefined();
});
