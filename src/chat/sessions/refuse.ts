import type { WebSocket } from 'ws';
import { encodeFrames, streamOf, withoutDataListeners } from '../protocol/wire';

/** Time for the client to receive the close frame, in milliseconds. */
const LINGER_MS = 1_000;
/** Bytes read and ignored meanwhile: with unread bytes the kernel would reset the connection and discard the close frame. */
const MAX_IGNORED_BYTES = 65_536;

/**
 * Closes the connection of a misbehaving client: ignores what it still sends, and terminates after LINGER_MS.
 * @param last a frame in front of the close frame, as JSON
 */
export function refuse(socket: WebSocket, code: number, reason: string, last?: string): void {
  const stream = streamOf(socket);
  if (!stream) return;
  let ignored = 0;
  withoutDataListeners(stream).on('data', (chunk: Buffer) => {
    ignored += chunk.length;
    if (ignored > MAX_IGNORED_BYTES) socket.terminate();
  });
  const linger = setTimeout(() => socket.terminate(), LINGER_MS);
  socket.once('close', () => clearTimeout(linger));
  if (last !== undefined) stream.write(encodeFrames([last]));
  socket.close(code, reason);
  // `ws` would wait for the client's close frame, which is no longer read.
  stream.end();
  socket.resume();
  stream.resume();
}
