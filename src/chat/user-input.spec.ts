import fc from 'fast-check';
import { checkMessage, normalizeUsername } from './user-input';

describe('normalizeUsername', () => {
  it.each([
    ['  max  ', 'max'],
    ['e\u0301', 'é'],
    ['x'.repeat(50), 'x'.repeat(50)],
    ['😀'.repeat(50), '😀'.repeat(50)],
    ['Jürgen Müller 3', 'Jürgen Müller 3'],
  ])('%p becomes %p', (given, name) => expect(normalizeUsername(given)).toBe(name));

  it.each(['', '   ', 'x'.repeat(51), '😀'.repeat(51)])('%p has a wrong length', (given) => {
    expect(() => normalizeUsername(given)).toThrow('username_length');
  });

  it.each(['a\u0000b', 'a\nb', 'a\u200bb', 'a\u202eb', '\ue000', '\u0378', '\ud800', 'a\u{e0001}'])(
    '%p has characters that are not allowed',
    (given) => expect(() => normalizeUsername(given)).toThrow('username_characters'),
  );

  it('gives the same name for a name it gave', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (given) => {
        let name: string;
        try {
          name = normalizeUsername(given);
        } catch {
          return;
        }
        expect(normalizeUsername(name)).toBe(name);
      }),
    );
  });
});

describe('checkMessage', () => {
  it.each(['x', ' x ', '\n\tx', '😀'.repeat(10), '\u200b'])('takes %p', (text) => {
    expect(() => checkMessage(text, 10)).not.toThrow();
  });

  it.each([
    ['', 'message_length'],
    ['x'.repeat(11), 'message_length'],
    ['😀'.repeat(11), 'message_length'],
    [' \n\u3000', 'message_blank'],
    ['a\0', 'message_characters'],
    ['\udc00', 'message_characters'],
  ])('refuses %p: %s', (text, reason) => expect(() => checkMessage(text, 10)).toThrow(reason));
});
