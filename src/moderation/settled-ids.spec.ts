import { ManualClock } from '../../test/support/manual-clock';
import { SettledIds } from './settled-ids';

it('reads ids again until none below them can appear, and remembers those read', async () => {
  const clock = new ManualClock();
  const ids = new SettledIds(clock);
  ids.begin(3);
  ids.add(7);
  ids.saw(7, clock.monotonic());
  await clock.advance(9_999);
  ids.saw(7, clock.monotonic());
  expect([ids.upTo, ids.has(7), ids.has(5)]).toEqual([3, true, false]);
  await clock.advance(1);
  ids.add(5);
  ids.add(9);
  ids.saw(9, clock.monotonic());
  expect([ids.upTo, ids.has(9)]).toEqual([7, true]);
});

it('counts from the begin of a read: rows that became visible during it may have been missed', async () => {
  const clock = new ManualClock();
  const ids = new SettledIds(clock);
  ids.saw(7, clock.monotonic());
  const startedAt = clock.monotonic() + 9_000;
  await clock.advance(20_000);
  ids.saw(7, startedAt);
  expect(ids.upTo).toBe(0);
});

it('reads no id twice where they become visible in order', () => {
  const clock = new ManualClock();
  const ids = new SettledIds(clock, 0);
  ids.add(7);
  ids.saw(7, clock.monotonic());
  expect([ids.upTo, ids.has(7)]).toEqual([7, false]);
  ids.saw(7, clock.monotonic());
  expect(ids.upTo).toBe(7);
});
