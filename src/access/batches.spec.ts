import { ManualClock, settled } from '../../test/support/manual-clock';
import { AppError } from '../platform/errors/app-error';
import { Batches, type Outcome } from './batches';

const LIMITS = { size: 3, intervalMs: 20 };

/** Work that is recorded; it fails as a whole for batches with `broken`, alone for `refused`. */
function recording(failure: Error = new Error('broken')) {
  const clock = new ManualClock();
  const worked: string[][] = [];
  const work = (items: readonly string[]): Promise<Outcome<string>[]> => {
    worked.push([...items]);
    if (items.includes('broken')) return Promise.reject(failure);
    return Promise.resolve(items.map((item) => (item === 'refused' ? { error: item } : { result: `${item} done` })));
  };
  return { clock, worked, batches: new Batches(work, LIMITS, clock) };
}

const outcomesOf = async (all: Promise<string>[]) =>
  (await Promise.allSettled(all)).map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as unknown)));

it('batches the items of one turn in order, each with its own outcome', async () => {
  const { worked, batches } = recording();
  const outcomes = await outcomesOf(['a', 'refused', 'c'].map((item) => batches.add(item)));
  expect([worked, outcomes]).toEqual([[['a', 'refused', 'c']], ['a done', 'refused', 'c done']]);
});

it('begins at once after a pause, then not before the interval has passed', async () => {
  const { clock, worked, batches } = recording();
  await batches.add('a');
  const later = batches.add('b');
  await clock.advance(19);
  expect(worked).toEqual([['a']]);
  await clock.advance(1);
  expect(await later).toBe('b done');
  await clock.advance(20);
  expect(await batches.add('c')).toBe('c done');
});

it('does not wait with a full batch, and makes none larger', async () => {
  const { worked, batches, clock } = recording();
  await batches.add('a');
  const waiting = batches.add('b');
  await settled();
  const all = [waiting, ...['c', 'd', 'e'].map((item) => batches.add(item))];
  await Promise.all(all.slice(0, 3));
  expect(worked).toEqual([['a'], ['b', 'c', 'd']]);
  await clock.advance(20);
  expect(await all[3]).toBe('e done');
});

it('retries items one by one when a batch fails', async () => {
  const { worked, batches } = recording();
  const outcomes = await outcomesOf(['a', 'broken', 'c'].map((item) => batches.add(item)));
  expect(worked).toEqual([['a', 'broken', 'c'], ['a'], ['broken'], ['c']]);
  expect(outcomes).toEqual(['a done', new Error('broken'), 'c done']);
});

it('does not repeat what failed for a reason that is known', async () => {
  const reason = new AppError('database_down');
  const { worked, batches } = recording(reason);
  expect(await outcomesOf([batches.add('a'), batches.add('broken')])).toEqual([reason, reason]);
  expect(worked).toHaveLength(1);
});
