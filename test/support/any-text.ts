import fc from 'fast-check';

const SURROGATES = { first: 0xd800, count: 0x800 };
const MAX_CODE_POINT = 0x10_ffff;

/**
 * Any code point except surrogates. Replaces fast-check's unit `binary`, which spends a second per arbitrary on building a
 * map of a million characters.
 */
const codePoint = fc.nat({ max: MAX_CODE_POINT - SURROGATES.count }).map(
  (n) => String.fromCodePoint(n < SURROGATES.first ? n : n + SURROGATES.count),
  (character) => {
    const n = typeof character === 'string' ? character.codePointAt(0)! : NaN;
    if (typeof character !== 'string' || String.fromCodePoint(n) !== character) throw new TypeError('no code point');
    return n < SURROGATES.first ? n : n - SURROGATES.count;
  },
);

/** Well-formed text of any characters. */
export function anyText(bounds: { maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ unit: codePoint, ...bounds });
}
