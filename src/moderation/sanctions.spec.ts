import { ManualClock } from '../../test/support/manual-clock';
import { ANYBODY, type Identity } from '../access/identity';
import { Metrics } from '../platform/metrics/metrics';
import type { Sanction } from '../storage/entities/moderation.entity';
import { Sanctions } from './sanctions';

const NOW = Date.UTC(2024, 0, 1);

const row = (kind: 'mute' | 'ban', username: string, more: Partial<Sanction> = {}): Sanction => ({
  kind,
  username,
  authorId: null,
  until: null,
  reason: null,
  moderator: 'mod',
  createdAt: NOW,
  ...more,
});
const author = (authorId: number, username: string): Identity => ({
  kind: 'author',
  authorId,
  username,
  roles: [],
  can: { read: true, write: true, moderate: false },
});

function newSanctions(...rows: Sanction[]) {
  const clock = new ManualClock(NOW);
  const sanctions = new Sanctions(clock, new Metrics());
  sanctions.load(rows);
  return { clock, sanctions };
}

const refused = (reason: string, retryAfterMs?: number): Error =>
  expect.objectContaining({ message: reason, code: 'FORBIDDEN', retryAfterMs }) as Error;

it('refuses a muted name to write, and lets it read', () => {
  const { sanctions } = newSanctions(row('mute', 'max'));
  expect(() => sanctions.require(ANYBODY, 'max')).toThrow(refused('muted'));
  sanctions.require(ANYBODY, 'Max');
  sanctions.requireNotBanned(ANYBODY, 'max');
});

it('ends a mute at its time, and says how long until then', async () => {
  const { clock, sanctions } = newSanctions(row('mute', 'max', { until: NOW + 5_000 }));
  await clock.advance(4_000);
  expect(() => sanctions.require(ANYBODY, 'max')).toThrow(refused('muted', 1_000));
  await clock.advance(1_000);
  sanctions.require(ANYBODY, 'max');
  sanctions.dropExpired();
  expect(sanctions.size).toBe(0);
});

it('keeps a mute while the system clock jumps ahead and back', async () => {
  const { clock, sanctions } = newSanctions(row('mute', 'max', { until: NOW + 60_000 }));
  clock.jump(3_600_000);
  sanctions.dropExpired();
  sanctions.require(ANYBODY, 'max');
  clock.jump(-3_630_000);
  await clock.advance(60_000);
  sanctions.dropExpired();
  expect(() => sanctions.require(ANYBODY, 'max')).toThrow(refused('muted', 30_000));
  await clock.advance(30_000);
  sanctions.dropExpired();
  expect(sanctions.size).toBe(0);
});

it('applies to the author under any name; the sanction that ends last counts', () => {
  const { sanctions } = newSanctions(
    row('ban', 'max', { authorId: 7, until: NOW + 1_000 }),
    row('ban', 'moritz', { authorId: 7, until: NOW + 2_000 }),
  );
  expect(() => sanctions.requireNotBanned(author(7, 'new name'))).toThrow(refused('banned', 2_000));
  expect(() => sanctions.requireNotBanned(author(8, 'max'))).toThrow(refused('banned', 1_000));
  sanctions.requireNotBanned(author(8, 'eva'));
});

it('replaces the entries of a name with the rows of the database, a ban before a mute', () => {
  const { sanctions } = newSanctions(row('mute', 'max', { authorId: 7 }), row('mute', 'eva'));
  sanctions.replace(['max', 'eva'], [row('ban', 'max'), row('mute', 'max')]);
  expect(() => sanctions.require(ANYBODY, 'max')).toThrow(refused('banned'));
  sanctions.require(ANYBODY, 'eva');
  sanctions.require(author(7, 'x'));
  sanctions.replace(['max'], []);
  expect(sanctions.size).toBe(0);
});

it.each(['__proto__', 'constructor', 'toString', ''])('takes the name "%s" as any other', (name) => {
  const { sanctions } = newSanctions(row('mute', 'max'));
  sanctions.require(ANYBODY, name);
  sanctions.load([row('mute', name)]);
  expect(() => sanctions.require(ANYBODY, name)).toThrow('muted');
});
