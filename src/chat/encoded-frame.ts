import type { Duplex } from 'node:stream';
import ws, { type WebSocket } from 'ws';

/**
 * The one place that touches what `ws` does not document: its frame builder and its socket. A frame is built once and
 * written to many sockets; `ws` itself would build it again for each.
 */
interface FrameBuilder {
  frame(data: Buffer, options: Readonly<Record<string, boolean | number>>): Buffer[];
}
const { Sender } = ws as unknown as { Sender: FrameBuilder };

// Server frames are whole, unmasked, uncompressed text (RFC 6455, 5.2).
const TEXT = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: true };

/** WebSocket frames of these JSON texts, one after the other, as bytes for the wire. */
export function encodeFrames(texts: readonly string[]): Buffer {
  return Buffer.concat(texts.flatMap((text) => Sender.frame(Buffer.from(text), TEXT)));
}

/** The byte stream under a connection; undefined once it is closed. Only whole frames may be written to it. */
export function streamOf(socket: WebSocket): Duplex | undefined {
  return (socket as unknown as { _socket: Duplex | undefined })._socket;
}
