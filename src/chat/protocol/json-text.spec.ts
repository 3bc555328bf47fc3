import fc from 'fast-check';
import { quoted } from './json-text';

describe('quoted', () => {
  it.each([
    '',
    'plain',
    'quote " and \\',
    'line\nbreak',
    '\u0000\u001f',
    '\u007f\u2028\u2029',
    'Grüße 👋',
    '</script>',
  ])('writes %j as JSON.stringify does', (text) => {
    expect(quoted(text)).toBe(JSON.stringify(text));
  });

  it('does so for any well-formed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(quoted(text)).toBe(JSON.stringify(text));
      }),
    );
  });
});
