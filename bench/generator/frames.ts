export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Four equal bytes: servers have to unmask, yet a number in a prepared frame can be changed in place. */
export const MASK_BYTE = 0x5a;

const SHORT = 125;

/** A client's frame of less than 64 KiB, masked. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const isShort = payload.length <= SHORT;
  const length = isShort ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255];
  const masked = payload.map((byte) => byte ^ MASK_BYTE);
  return Buffer.concat([Buffer.from([0x80 | opcode, ...length, MASK_BYTE, MASK_BYTE, MASK_BYTE, MASK_BYTE]), masked]);
}

/**
 * Walks over a server's complete frames in a range of `bytes`. `onFrame` gets the opcode and the payload's start and end;
 * returns the offset of the first incomplete frame.
 */
export function scanFrames(
  bytes: Buffer,
  from: number,
  to: number,
  onFrame: (opcode: number, start: number, end: number) => void,
): number {
  let at = from;
  while (to - at >= 2) {
    const shortLength = bytes[at + 1]! & 127;
    if (shortLength === 127) throw new Error('a frame of 64 KiB or more');
    const isShort = shortLength <= SHORT;
    const start = at + (isShort ? 2 : 4);
    const end = start + (isShort ? shortLength : (bytes[at + 2]! << 8) | bytes[at + 3]!);
    if (end > to) break;
    onFrame(bytes[at]! & 15, start, end);
    at = end;
  }
  return at;
}
