import fc from 'fast-check';
import { MAX_FRAME_LENGTH } from './bus-transport';
import { ChunkJoiner, split } from './chunks';

const frames = (pieces: string[]) => {
  const joiner = new ChunkJoiner();
  return pieces.map((piece) => joiner.take(piece)).filter((frame) => frame !== undefined);
};
const text = fc
  .tuple(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.integer({ min: 0, max: 2000 }))
  .map(([unit, times]) => unit.repeat(times).slice(0, MAX_FRAME_LENGTH).toWellFormed());

it('brings any frames back as they were, in pieces that PostgreSQL takes', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (sent) => {
      const pieces = sent.flatMap((frame, i) => split(frame, i));
      expect(pieces.filter((piece) => Buffer.byteLength(piece) >= 8000)).toEqual([]);
      expect(frames(pieces)).toEqual(sent);
    }),
    { numRuns: 50 },
  );
});

it('loses a frame of which a piece is missing, and no other', () => {
  const long = 'ä'.repeat(10_000);
  const pieces = [split(long, 1), split('b', 2), split(long, 3)];
  expect(pieces[0]).toHaveLength(3);
  for (const missing of [0, 1, 2]) {
    const rest = pieces[0]!.toSpliced(missing, 1);
    // Those that follow none come back.
    expect(frames([...rest, ...pieces[1]!, ...pieces[2]!])).toEqual([...rest.slice(missing), 'b', long]);
  }
});

it('brings the longest frame, whatever its characters are', () => {
  for (const unit of ['a', 'ä', '€', '😀']) {
    const longest = unit.repeat(MAX_FRAME_LENGTH / unit.length);
    expect(frames(split(longest, 1))).toEqual([longest]);
  }
});

it('gives back what is no piece, and collects no more than a frame can be', () => {
  const noise = ['', 'x', '1 0/1', '1 0/1000 a'];
  expect(frames([...noise, ...split('a', 1)])).toEqual([...noise, 'a']);
});
