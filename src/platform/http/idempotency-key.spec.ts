import type { IncomingMessage } from 'node:http';
import type { AppError } from '../errors/app-error';
import { idempotencyKeyOf } from './idempotency-key';

function keyOf(...values: string[]): string | undefined {
  const headersDistinct = values.length > 0 ? { 'idempotency-key': values } : {};
  try {
    return idempotencyKeyOf({ headersDistinct } as IncomingMessage, 8);
  } catch (error) {
    return `refused: ${(error as AppError).message}`;
  }
}

it.each([
  ['abc', 'abc'],
  ['"abc"', 'abc'],
  ['"a b"', 'a b'],
  [String.raw`"a\"\\b"`, String.raw`a"\b`],
  [`"${'\\\\'.repeat(8)}"`, '\\'.repeat(8)],
])('%s is the key %s', (header, key) => {
  expect(keyOf(header)).toBe(key);
});

it('is undefined without the header', () => {
  expect(keyOf()).toBeUndefined();
});

it.each(['', '""', 'x'.repeat(9), `"${'x'.repeat(9)}"`, 'x'.repeat(100_000)])('%.20s has a wrong length', (header) => {
  expect(keyOf(header)).toBe('refused: field_size');
});

it.each(['"abc', 'a b', '"a"b"', '"a\\n"', 'ä', '"ä"', '"a";p=1'])('%s has a wrong form', (header) => {
  expect(keyOf(header)).toBe('refused: field_form');
});

it('refuses two keys', () => {
  expect(keyOf('a', 'b')).toBe('refused: field_form');
});
