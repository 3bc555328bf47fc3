import fc from 'fast-check';
import { MAX_FRAME_LENGTH } from './bus-transport';
import { ChunkJoiner, split } from './chunks';

const frames = (chunks: string[]) => {
  const joiner = new ChunkJoiner();
  return chunks.map((chunk) => joiner.add(chunk)).filter((frame) => frame !== undefined);
};
const text = fc
  .tuple(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.integer({ min: 0, max: 2000 }))
  .map(([unit, times]) => unit.repeat(times).slice(0, MAX_FRAME_LENGTH).toWellFormed());

it('reassembles any frames from chunks that PostgreSQL accepts', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (sent) => {
      const chunks = sent.flatMap((frame, i) => split(frame, i));
      expect(chunks.filter((chunk) => Buffer.byteLength(chunk) >= 8000)).toEqual([]);
      expect(frames(chunks)).toEqual(sent);
    }),
    { numRuns: 50 },
  );
});

it('loses only the frame with a missing chunk', () => {
  const long = 'ä'.repeat(10_000);
  const chunks = [split(long, 1), split('b', 2), split(long, 3)];
  expect(chunks[0]).toHaveLength(3);
  for (const missing of [0, 1, 2]) {
    const rest = chunks[0]!.toSpliced(missing, 1);
    // Chunks out of order are returned unchanged.
    expect(frames([...rest, ...chunks[1]!, ...chunks[2]!])).toEqual([...rest.slice(missing), 'b', long]);
  }
});

it('carries the longest frame, with characters of any width', () => {
  for (const unit of ['a', 'ä', '€', '😀']) {
    const longest = unit.repeat(MAX_FRAME_LENGTH / unit.length);
    expect(frames(split(longest, 1))).toEqual([longest]);
  }
});

it('returns malformed chunks unchanged, and collects no more than the longest frame', () => {
  const noise = ['', 'x', '1 0/1', '1 0/1000 a'];
  expect(frames([...noise, ...split('a', 1)])).toEqual([...noise, 'a']);
});
