import type { Socket } from 'node:net';
import ws, { type WebSocket } from 'ws';

/**
 * The one place that touches what `ws` and Node do not document: the frame builder, the socket under a connection, and
 * what the kernel took of it. A frame is built once and written to many sockets; `ws` would build it again for each.
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

/** The TCP stream under a connection; undefined once it is closed. Only whole frames may be written to it. */
export function streamOf(socket: WebSocket): Socket | undefined {
  return (socket as unknown as { _socket: Socket | undefined })._socket;
}

/** Bytes of a stream that the kernel has taken so far. It only grows while the peer reads. */
export function bytesTaken(stream: Socket): number {
  const { _bytesDispatched, _handle } = stream as unknown as {
    _bytesDispatched: number;
    _handle: { writeQueueSize: number } | null;
  };
  return _bytesDispatched - (_handle?.writeQueueSize ?? 0);
}
