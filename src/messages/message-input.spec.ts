import { checkMessage } from './message-input';

describe('checkMessage', () => {
  it.each(['x', ' x ', '\n\tx', '😀'.repeat(10), '\u200bx\u3164', '☺\ufe0f', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '\u0301'])('accepts %p', (text) => {
    expect(() => checkMessage(text, 14)).not.toThrow();
  });

  it.each([
    ['', 'message_length'],
    ['x'.repeat(11), 'message_length'],
    ['😀'.repeat(11), 'message_length'],
    [' \n\u3000', 'message_blank'],
    ['\u0085', 'message_blank'],
    ['\u200b', 'message_blank'],
    ['\u3164', 'message_blank'],
    ['\u2800\u2800', 'message_blank'],
    ['\uffa0', 'message_blank'],
    ['\u00ad\u202e\u2066', 'message_blank'],
    ['\ufe0f\u200d', 'message_blank'],
    ['\u{e0041}', 'message_blank'],
    ['\u2028 \ufeff', 'message_blank'],
    ['a\0', 'message_characters'],
    ['\udc00', 'message_characters'],
  ])('refuses %p: %s', (text, reason) => expect(() => checkMessage(text, 10)).toThrow(reason));
});
