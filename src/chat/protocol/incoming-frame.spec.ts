import { readFrame } from './incoming-frame';
import { PROTOCOL_V1 } from './protocol-v1';
import { PROTOCOL_V2 } from './protocol-v2';

describe('readFrame', () => {
  it.each([
    ['{', 'not_json'],
    ['', 'not_json'],
    ['null', 'not_an_object'],
    ['[]', 'not_an_object'],
    ['"chat_message"', 'not_an_object'],
    ['{}', 'unknown_type'],
    ['{"type":1}', 'unknown_type'],
    ['{"type":"invalid_frame"}', 'unknown_type'],
    ['{"type":"constructor"}', 'unknown_type'],
    ['{"type":"__proto__"}', 'unknown_type'],
  ])('%s is %s', (text, reason) => {
    expect(readFrame(PROTOCOL_V1, Buffer.from(text), false)).toEqual({ event: 'invalid_frame', data: reason });
  });

  it('refuses binary frames without looking into them', () => {
    expect(readFrame(PROTOCOL_V1, Buffer.from('{"type":"chat_message"}'), true).data).toBe('binary_frame');
  });

  it('makes the type the event', () => {
    const frame = { type: 'chat_message', username: 'a' };
    expect(readFrame(PROTOCOL_V1, Buffer.from(JSON.stringify(frame)), false)).toEqual({
      event: 'chat_message',
      data: frame,
    });
  });

  it('knows the types of its protocol only', () => {
    const ping = Buffer.from('{"type":"ping"}');
    expect(readFrame(PROTOCOL_V1, ping, false).data).toBe('unknown_type');
    expect(readFrame(PROTOCOL_V2, ping, false).event).toBe('ping');
  });
});
