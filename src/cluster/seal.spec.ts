import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { Seal, SEAL_LENGTH } from './seal';

const sealOf = (secret: string) => new Seal(createSecretKey(Buffer.from(secret)));
const [seal, another] = [sealOf('a'), sealOf('b')];
const text = fc.string({ unit: 'grapheme' }).map((given) => given.toWellFormed());

it('opens what was closed with the same key, and nothing else', () => {
  fc.assert(
    fc.property(text, (given) => {
      const closed = seal.close(given);
      expect(closed).toHaveLength(SEAL_LENGTH + given.length);
      expect(seal.open(closed)).toBe(given);
      expect(another.open(closed)).toBeUndefined();
      expect(seal.open(given)).toBeUndefined();
    }),
  );
});

it('detects every changed character', () => {
  const closed = seal.close('["a",1,"topic",{"count":1}]');
  // The last character of the code has four unused bits.
  for (let i = 0; i < closed.length; i++) {
    const other = String.fromCharCode(closed.charCodeAt(i) ^ (i === SEAL_LENGTH - 1 ? 0x20 : 1));
    expect(seal.open(closed.slice(0, i) + other + closed.slice(i + 1))).toBeUndefined();
  }
  for (let i = 0; i < closed.length; i++) expect(seal.open(closed.slice(0, i))).toBeUndefined();
});
