import { ManualClock } from '../../test/support/manual-clock';
import { ANYBODY, type Identity } from '../access/identity';
import { Metrics } from '../platform/metrics/metrics';
import { readSettings } from '../settings/load-settings';
import { SlowMode } from './slow-mode';

const author = (authorId: number, moderate = false): Identity => ({
  kind: 'author',
  authorId,
  username: `user ${authorId}`,
  roles: [],
  can: { read: true, write: true, moderate },
});

function newSlowMode(seconds = '10') {
  const clock = new ManualClock();
  return { clock, slow: new SlowMode(readSettings({ SLOW_MODE_SECONDS: seconds }), clock, new Metrics()) };
}

const refused = (fields: object) => expect.objectContaining(fields) as Error;

const stored = (username: string, createdAt: number, authorId?: number) => ({
  id: 1,
  username,
  message: 'x',
  createdAt,
  ...(authorId !== undefined && { authorId }),
});

it('refuses a second message of a name within the time, and says how long', async () => {
  const { clock, slow } = newSlowMode();
  slow.charge(ANYBODY, 'max');
  slow.charge(ANYBODY, 'eva');
  await clock.advance(4_000);
  expect(() => slow.charge(ANYBODY, 'max')).toThrow(refused({ code: 'RATE_LIMITED', retryAfterMs: 6_000 }));
  await clock.advance(6_000);
  slow.charge(ANYBODY, 'max');
});

it('counts for an author under any name, and not for moderators', () => {
  const { slow } = newSlowMode();
  slow.charge(author(1), 'max');
  expect(() => slow.charge(author(1), 'another name')).toThrow('slow_mode');
  slow.charge(author(2), 'max');
  for (let i = 0; i < 3; i++) slow.charge(author(3, true), 'eva');
});

it('counts messages of other replicas by their age, whatever their clock says', async () => {
  const { clock, slow } = newSlowMode();
  slow.delivered([stored('max', clock.now() - 4_000), stored('eva', clock.now() + 60_000), stored('x', 0)]);
  expect(() => slow.charge(ANYBODY, 'max')).toThrow(refused({ retryAfterMs: 6_000 }));
  expect(() => slow.charge(ANYBODY, 'eva')).toThrow(refused({ retryAfterMs: 10_000 }));
  slow.charge(ANYBODY, 'x');
  slow.delivered([stored('max', clock.now(), 7)]);
  await clock.advance(6_000);
  slow.charge(ANYBODY, 'max');
});

it('takes back the charge for a message that is refused', () => {
  const { slow } = newSlowMode();
  slow.charge(ANYBODY, 'max')();
  slow.charge(ANYBODY, 'max');
});

it('lets the last message be repeated under its key, here or on another replica', async () => {
  const { clock, slow } = newSlowMode();
  slow.charge(ANYBODY, 'max', 'a');
  slow.charge(ANYBODY, 'max', 'a')();
  slow.delivered([{ ...stored('eva', clock.now()), clientId: 'b' }]);
  slow.charge(ANYBODY, 'eva', 'b');
  slow.charge(ANYBODY, 'x');
  for (const [name, key] of [
    ['max', 'b'],
    ['max', undefined],
    ['x', undefined],
  ] as const) {
    expect(() => slow.charge(ANYBODY, name, key)).toThrow('slow_mode');
  }
  await clock.advance(10_000);
  slow.charge(ANYBODY, 'max', 'b');
  expect(() => slow.charge(ANYBODY, 'max', 'a')).toThrow('slow_mode');
});

it('does nothing without the setting', () => {
  const { slow } = newSlowMode('0');
  for (let i = 0; i < 3; i++) slow.charge(ANYBODY, 'max');
});
