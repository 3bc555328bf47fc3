import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';

/*
 * The bytes of WebSocket frames (RFC 6455, section 5.2), built once and written to many sockets: `ws` would build a frame anew for
 * each. Also the only place that touches undocumented parts of `ws`: the stream under a socket, and its receiver.
 */

/** The final frame of a text message. */
const TEXT = 0x81;
/** Payload lengths up to MAX_SHORT fit into the second byte; 126 and 127 say that two or eight bytes of length follow. */
const MAX_SHORT = 125;
const MAX_MEDIUM = 0xffff;

/** Unmasked, uncompressed text frames of these texts, one after another. */
export function encodeFrames(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + frameBytes(length), 0));
  let at = 0;
  for (const [index, text] of texts.entries()) at = writeFrame(bytes, at, text, lengths[index]!);
  return bytes;
}

function frameBytes(length: number): number {
  return length + (length <= MAX_SHORT ? 2 : length <= MAX_MEDIUM ? 4 : 10);
}

/** @returns the offset of the next frame */
function writeFrame(bytes: Buffer, at: number, text: string, length: number): number {
  bytes[at] = TEXT;
  let payload = at + 2;
  if (length <= MAX_SHORT) {
    bytes[at + 1] = length;
  } else if (length <= MAX_MEDIUM) {
    bytes[at + 1] = MAX_SHORT + 1;
    payload = bytes.writeUInt16BE(length, at + 2);
  } else {
    bytes[at + 1] = MAX_SHORT + 2;
    payload = bytes.writeBigUInt64BE(BigInt(length), at + 2);
  }
  return payload + bytes.write(text, payload);
}

/** The TCP stream under a socket; undefined once it is closed. Only whole frames may be written to it. */
export function streamOf(socket: WebSocket): Socket | undefined {
  return (socket as unknown as { _socket: Socket | undefined })._socket;
}

/** Detaches the stream from `ws`, which would parse everything that arrives. */
export function withoutDataListeners(stream: Socket): Socket {
  // `removeAllListeners` of a stream costs a tenth of a handshake.
  for (const listener of stream.listeners('data')) stream.off('data', listener as () => void);
  return stream;
}

/** The parser of a socket's incoming bytes, which may be written to it in chunks of any size. */
export function receiverOf(socket: WebSocket): Writable {
  return (socket as unknown as { _receiver: Writable })._receiver;
}

/** Bytes buffered of an incomplete message, at least 1; 0 without one. */
export function unfinishedBytes(receiver: Writable): number {
  const { _state, _fragmented, _messageLength, _bufferedBytes } = receiver as unknown as Record<string, number>;
  return _state === 0 && _fragmented === 0 && _bufferedBytes === 0 ? 0 : 1 + _messageLength! + _bufferedBytes!;
}
