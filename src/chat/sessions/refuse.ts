import type { WebSocket } from 'ws';
import { streamOf, withoutDataListeners } from '../protocol/wire';

/** How long the client may take to hear of it, in milliseconds. */
const LINGER_MS = 1_000;
/** Bytes that it may still send meanwhile: the kernel takes back the answer where something is left unread. */
const MAX_IGNORED_BYTES = 65_536;

/** Closes a connection whose client is not to be trusted with an orderly end: what it still sends is ignored, and it is gone soon. */
export function refuse(socket: WebSocket, code: number, reason: string): void {
  const stream = streamOf(socket);
  if (!stream) return;
  let ignored = 0;
  withoutDataListeners(stream).on('data', (chunk: Buffer) => {
    ignored += chunk.length;
    if (ignored > MAX_IGNORED_BYTES) socket.terminate();
  });
  const linger = setTimeout(() => socket.terminate(), LINGER_MS);
  socket.once('close', () => clearTimeout(linger));
  socket.close(code, reason);
  // `ws` waits for the client's close frame, which nobody reads any more.
  stream.end();
  socket.resume();
  stream.resume();
}
