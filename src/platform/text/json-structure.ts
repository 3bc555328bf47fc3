const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `{`, `[`, `:` and `,`: each begins a value that the parser must create. */
const STRUCTURE = new Set([0x7b, 0x5b, 0x3a, 0x2c]);
/** Ten times the structure of any frame of the protocol, or any body. */
const MAX_STRUCTURE = 200;

/**
 * Whether a JSON text has more structure than any frame or body. Parsing nested brackets or thousands of keys takes ten times as long as
 * a string of the same length; this check visits each byte once.
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
