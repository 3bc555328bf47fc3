import fc from 'fast-check';
import { ReorderBuffer } from './reorder-buffer';
import type { StoredMessage } from '../../storage/stored-message';

const message = (id: number, text = 'x'): StoredMessage => ({ id, username: 'max', message: text, createdAt: 0 });
const ids = (messages: StoredMessage[]) => messages.map(({ id }) => id);

it('returns the messages that follow without a gap, and drops earlier ones', () => {
  const early = new ReorderBuffer<StoredMessage>(10, 100);
  early.put([5, 6, 8, 3].map((id) => message(id)));
  expect(ids(early.takeAfter(3))).toEqual([]);
  expect(ids(early.takeAfter(4))).toEqual([5, 6]);
  expect(ids(early.takeAfter(2))).toEqual([]);
  expect(ids(early.takeAfter(7))).toEqual([8]);
  expect(early.isEmpty).toBe(true);
});

it('keeps no more than its bounds, and accepts messages again after a take', () => {
  const early = new ReorderBuffer<StoredMessage>(3, 10);
  early.put([message(2), message(3), message(4), message(5)]);
  expect(ids(early.takeAfter(1))).toEqual([2, 3, 4]);
  early.put([message(7, 'x'.repeat(11)), message(8)]);
  expect(ids(early.takeAfter(6))).toEqual([7]);
  early.put([message(9)]);
  early.clear();
  early.put([message(10)]);
  expect(ids(early.takeAfter(8))).toEqual([]);
  expect(ids(early.takeAfter(9))).toEqual([10]);
});

it('returns every message once, for any order of arrival and repeats', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (order) => {
      const early = new ReorderBuffer<StoredMessage>(30, 1000);
      for (const id of order) early.put([message(id)]);
      const taken: number[] = [];
      for (let after = 0; after < 30; after++) taken.push(...ids(early.takeAfter(Math.max(after, ...taken))));
      expect(taken).toEqual([...new Set(order)].sort((a, b) => a - b));
    }),
  );
});
