import { isOverstructured } from './json-structure';

it.each([
  ['{"type":"chat_message","username":"max","message":"[[[[,,,,::::"}', false],
  [JSON.stringify({ type: 'chat_message', message: '[{"\\,:'.repeat(2_000) }), false],
  [JSON.stringify({ type: 'ping', further: Array.from({ length: 50 }, (_, i) => i) }), false],
  ['['.repeat(24_000), true],
  [JSON.stringify(Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`k${i}`, 1]))), true],
  ['{"type":"x","message":"not closed', false],
  ['', false],
])('%.40s is overstructured: %s', (json, expected) => {
  expect(isOverstructured(Buffer.from(json))).toBe(expected);
});
