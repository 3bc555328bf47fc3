import type { StoredMessage } from '../../storage/stored-message';
import fc from 'fast-check';
import { idsOf, range, stored } from '../../../test/support/memory-messages';
import { FeedSequencer } from './feed-sequencer';

function newSequencer(begin = 0) {
  const delivered: number[][] = [];
  const sequencer = new FeedSequencer<StoredMessage>((batch) => void delivered.push(idsOf(batch)));
  sequencer.begin(begin);
  return { sequencer, delivered };
}

it('delivers the next batch unchanged, and drops a known one', () => {
  const { sequencer, delivered } = newSequencer(2);
  sequencer.receive(range(1, 2));
  sequencer.receive(range(3, 5));
  sequencer.receive(range(3, 5));
  expect(delivered).toEqual([[3, 4, 5]]);
  expect(sequencer).toMatchObject({ position: 5, isBehind: false });
});

it('advances its position before it delivers a batch', () => {
  const positions: number[] = [];
  const sequencer = new FeedSequencer<StoredMessage>(() => void positions.push(sequencer.position));
  sequencer.receive(range(1, 3));
  expect(positions).toEqual([3]);
});

it('holds an early batch until the gap before it closes', () => {
  const { sequencer, delivered } = newSequencer();
  sequencer.receive(range(4, 5));
  expect(sequencer).toMatchObject({ position: 0, isBehind: true });
  sequencer.receive(range(1, 3));
  expect(delivered).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
  expect(sequencer.isBehind).toBe(false);
});

it('delivers only the new part of a partly known batch', () => {
  const { sequencer, delivered } = newSequencer(3);
  sequencer.receive(range(2, 6));
  expect(delivered).toEqual([[4, 5, 6]]);
});

it('fills a gap from a page older than batches received meanwhile', () => {
  const { sequencer, delivered } = newSequencer();
  sequencer.expect(6);
  sequencer.receive(range(1, 2));
  expect(sequencer.fill(range(1, 4))).toBe(true);
  expect(sequencer.isBehind).toBe(true);
  expect(sequencer.fill(range(5, 6))).toBe(true);
  expect(delivered.flat()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(sequencer.isBehind).toBe(false);
});

it('stops expecting ids missing in the database, and accepts other messages under them', () => {
  const { sequencer, delivered } = newSequencer();
  sequencer.receive([stored(3, 'never stored')]);
  expect(sequencer.fill([])).toBe(false);
  expect(sequencer.isBehind).toBe(false);
  sequencer.receive(range(1, 3));
  expect(delivered).toEqual([[1, 2, 3]]);
});

it('delivers every message once, in order, under any loss, repetition and reordering of batches', () => {
  const COUNT = 60;
  const id = fc.integer({ min: 1, max: COUNT });
  const step = fc.oneof(
    // A batch from any replica, own ones included.
    fc.record({ does: fc.constant('receive'), from: id, size: fc.integer({ min: 1, max: 8 }) }),
    fc.record({ does: fc.constant('expect'), from: id, size: fc.constant(0) }),
    // A page read `size` messages ago.
    fc.record({ does: fc.constant('fill'), from: fc.constant(0), size: fc.integer({ min: 0, max: 8 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { sequencer, delivered } = newSequencer();
      for (const { does, from, size } of steps) {
        if (does === 'receive') sequencer.receive(range(from, Math.min(COUNT, from + size - 1)));
        if (does === 'expect') sequencer.expect(from);
        const readAt = Math.max(0, sequencer.position - size);
        if (does === 'fill') sequencer.fill(range(readAt + 1, Math.min(COUNT, readAt + 5)));
        expect(delivered.flat()).toEqual(idsOf(range(1, sequencer.position)));
      }
      sequencer.expect(COUNT);
      while (sequencer.isBehind) {
        const at = sequencer.position;
        sequencer.fill(range(at + 1, Math.min(COUNT, at + 5)));
      }
      expect(delivered.flat()).toEqual(idsOf(range(1, COUNT)));
    }),
    { numRuns: 500 },
  );
});
