/** What JSON must escape in a string (RFC 8259, 7). Lone surrogates, which `JSON.stringify` escapes, too, are never stored. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const ESCAPED = /["\\\u0000-\u001f]/;

/**
 * The text, which must be well-formed, as a JSON string. `JSON.stringify` takes each character by itself, which costs more than all
 * else in a message's frame; hardly any text has one to escape.
 */
export function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}
