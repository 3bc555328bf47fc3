import { setTimeout as delay } from 'node:timers/promises';

/** The promise's result, or a rejection when it takes longer: what is at the other end may be frozen. */
export async function withDeadline<Result>(
  promise: Promise<Result>,
  milliseconds: number,
  what: string,
): Promise<Result> {
  const patience = new AbortController();
  const late = delay(milliseconds, undefined, { ref: false, signal: patience.signal }).then(() => {
    throw new Error(`${what} took longer than ${milliseconds} ms`);
  });
  // Whichever of the two comes second, nobody waits for it any more.
  late.catch(() => undefined);
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    patience.abort();
  }
}
