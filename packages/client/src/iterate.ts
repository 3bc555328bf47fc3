import { onAbort } from './delay.js';
import { type Feed, page } from './feed.js';
import type { Rest } from './rest.js';
import type { Store } from './store.js';
import type { IterateOptions, Message, Reset } from './types.js';

/** Messages from now on, or after an id, at the reader's pace: from the snapshot if it holds them, otherwise from the server. */
export async function* iterate(
  { on, get }: Store,
  rest: Rest,
  { place }: Feed,
  { signal, after: last = place.id }: IterateOptions = {},
): AsyncGenerator<Message, void, void> {
  let wake: (() => void) | undefined;
  /** Set when a page could not be fetched; the next change of the snapshot, such as a reconnect or a `pong`, retries. */
  let stuck: [] | undefined;
  const offs = [
    on('', () => wake?.()),
    on('reset', ({ after }: Reset) => (last = after ? Math.min(last!, after) : place.id)),
    onAbort(signal, () => wake?.()),
  ];
  try {
    while (!signal?.aborted) {
      const { messages } = get();
      const first = messages[0]?.id;
      last ??= first ? first - 1 : place.id;
      if (last! < place.id! && !stuck) {
        const kept = messages[last! + 1 - first!];
        for (const message of kept
          ? [kept]
          : await page(rest, last!, 1_000, signal).catch((error: unknown) => {
              // An unreachable or busy server is retried.
              if ((error as { retryable?: unknown }).retryable === false) throw error;
              return (stuck = []);
            })) {
          // A reset has moved the cursor in the meantime.
          if (message.id !== last! + 1) break;
          last = message.id;
          yield message;
        }
      } else if (get().state === 'ended') return;
      else stuck = await new Promise<[] | undefined>((resolve) => (wake = resolve as () => void));
    }
  } finally {
    offs.forEach((off) => off());
  }
}
