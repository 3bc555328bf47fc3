import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Resolves when the stream has drained, or is closed; at once while it is below its high-water mark. */
export async function drainedOrClosed(stream: Writable): Promise<void> {
  if (!stream.writableNeedDrain || stream.destroyed) return;
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]);
  } catch {
    // A stream error: 'close' follows.
  } finally {
    settled.abort();
  }
}
