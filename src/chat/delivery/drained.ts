import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Resolves when nothing waits in the stream any more, at once where little does, or when it is closed. */
export async function drainedOrClosed(stream: Writable): Promise<void> {
  if (!stream.writableNeedDrain || stream.destroyed) return;
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]);
  } catch {
    // An error of the stream: it is closing.
  } finally {
    settled.abort();
  }
}
