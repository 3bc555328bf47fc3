import { parseFrame, typeOf } from './incoming-frame';

describe('parseFrame', () => {
  it.each([
    ['{', 'not_json'],
    ['', 'not_json'],
    ['null', 'not_an_object'],
    ['[]', 'not_an_object'],
    ['"chat_message"', 'not_an_object'],
    ['['.repeat(24_000), 'too_many_parts'],
  ])('refuses %.20s as %s', (text, reason) => {
    expect(() => parseFrame(Buffer.from(text), false)).toThrow(reason);
  });

  it('refuses binary frames without parsing them', () => {
    expect(() => parseFrame(Buffer.from('{"type":"chat_message"}'), true)).toThrow('binary_frame');
  });

  it('returns any object', () => {
    const frame = { type: 'chat_message', username: 'a' };
    expect(parseFrame(Buffer.from(JSON.stringify(frame)), false)).toEqual(frame);
  });
});

it.each([
  ['{"type":"ping"}', 'ping'],
  ['{}', ''],
  ['{"type":1}', ''],
  ['{"type":null}', ''],
])('the type of %s is %j', (text, type) => expect(typeOf(parseFrame(Buffer.from(text), false))).toBe(type));
