/** Returns a function that removes the listener. */
export function onAbort(signal: AbortSignal | null | undefined, run: () => void): () => void {
  signal?.addEventListener('abort', run);
  return () => signal?.removeEventListener('abort', run);
}

/** Rejects with the signal's reason on abort. */
export function delay(ms: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const off = onAbort(signal, () => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    });
    const timer = setTimeout(() => {
      off();
      resolve();
    }, ms);
  });
}

/** Full jitter, in milliseconds: clients that failed together do not come back together. */
export function backoff(failures: number): number {
  return Math.random() * Math.min(30_000, 500 * 2 ** failures);
}
