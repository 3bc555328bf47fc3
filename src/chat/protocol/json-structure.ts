const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `{`, `[`, `:` and `,`: each begins something that a parser must make. */
const STRUCTURE = new Set([0x7b, 0x5b, 0x3a, 0x2c]);
/** No frame of the protocol has a tenth of it. */
const MAX_STRUCTURE = 200;

/**
 * Whether a text in JSON consists of more parts than any frame does. Parsing brackets in brackets, or thousands of keys, takes ten
 * times as long as a text of the same length; this is a look at each byte.
 */
export function isOverstructured(json: Buffer): boolean {
  let count = 0;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]!;
    if (byte === QUOTE) {
      for (i++; i < json.length && json[i] !== QUOTE; i++) if (json[i] === BACKSLASH) i++;
    } else if (STRUCTURE.has(byte) && ++count > MAX_STRUCTURE) {
      return true;
    }
  }
  return false;
}
