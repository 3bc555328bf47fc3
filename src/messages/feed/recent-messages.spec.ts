import fc from 'fast-check';
import { RecentMessages } from './recent-messages';
import type { StoredMessage } from '../../storage/stored-message';

const message = (id: number, text = 'x'): StoredMessage => ({ id, username: 'max', message: text, createdAt: 0 });
const ids = (messages: StoredMessage[] | undefined) => messages?.map(({ id }) => id);

describe('RecentMessages', () => {
  it('returns the newest messages, and undefined for a range that was dropped', () => {
    const recent = new RecentMessages(3, 1000);
    recent.push([1, 2, 3, 4, 5].map((id) => message(id)));
    expect(ids(recent.between(2, 5))).toEqual([3, 4, 5]);
    expect(ids(recent.between(3, 4))).toEqual([4]);
    expect(recent.between(1, 5)).toBeUndefined();
  });

  it('keeps no more text than its bound', () => {
    const recent = new RecentMessages(100, 10);
    recent.push([message(1, 'x'.repeat(6)), message(2, 'x'.repeat(6))]);
    expect(recent.between(0, 2)).toBeUndefined();
    expect(ids(recent.between(1, 2))).toEqual([2]);
    recent.push([message(3, 'x'.repeat(11))]);
    expect(recent.between(2, 3)).toBeUndefined();
  });

  it('replaces messages that are here, counts their new length, and ignores others', () => {
    const recent = new RecentMessages(3, 10);
    recent.push([1, 2, 3, 4].map((id) => message(id)));
    recent.replace([message(1, 'gone'), message(3, 'x'.repeat(7)), message(9, 'new')]);
    expect(recent.between(1, 4)!.map(({ message: text }) => text.length)).toEqual([1, 7, 1]);
    recent.push([message(5, 'xx')]);
    expect(recent.between(1, 5)).toBeUndefined();
    expect(ids(recent.between(2, 5))).toEqual([3, 4, 5]);
  });

  it('equals an unbounded list, over batches of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 })), fc.nat(60), (sizes, after) => {
        const recent = new RecentMessages(10, 1000);
        let last = 0;
        for (const size of sizes) recent.push(Array.from({ length: size }, () => message(++last)));
        if (last === 0 || after >= last) return;
        const expected = Array.from({ length: last - after }, (_, i) => after + 1 + i);
        expect(ids(recent.between(after, last))).toEqual(last - after <= 10 ? expected : undefined);
      }),
    );
  });
});
