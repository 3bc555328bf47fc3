import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';

/**
 * The bytes of WebSocket frames (RFC 6455, 5.2), and the one place that touches what `ws` does not document: the socket under a
 * connection, and what it keeps of messages. `ws` would build a frame again for each socket it is sent to; these are built once
 * and written to many.
 */

/** The final frame of a text message. */
const TEXT = 0x81;
/** Lengths of the payload up to here are in the second byte; this value and the next say that two or eight bytes follow. */
const MAX_SHORT = 125;
const MAX_MEDIUM = 0xffff;

/** Whole, unmasked, uncompressed text frames of these JSON texts, one after the other, as bytes for the wire. */
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

/** @returns where the next frame begins */
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

/** The TCP stream under a connection; undefined once it is closed. Only whole frames may be written to it. */
export function streamOf(socket: WebSocket): Socket | undefined {
  return (socket as unknown as { _socket: Socket | undefined })._socket;
}

/** Takes the stream away from `ws`, which would parse whatever comes at a stretch. */
export function withoutDataListeners(stream: Socket): Socket {
  // `removeAllListeners` of a stream costs as much as a tenth of a handshake.
  for (const listener of stream.listeners('data')) stream.off('data', listener as () => void);
  return stream;
}

/** What turns the bytes of a connection into its frames; takes them in any pieces. */
export function receiverOf(socket: WebSocket): Writable {
  return (socket as unknown as { _receiver: Writable })._receiver;
}

/** Bytes that are kept of a message that has begun and is incomplete; 0: there is none. The least is 1. */
export function unfinishedBytes(receiver: Writable): number {
  const { _state, _fragmented, _messageLength, _bufferedBytes } = receiver as unknown as Record<string, number>;
  return _state === 0 && _fragmented === 0 && _bufferedBytes === 0 ? 0 : 1 + _messageLength! + _bufferedBytes!;
}
