/** A commit that takes longer is slow, in milliseconds. */
const SLOW_MS = 10;
/** How long a slow commit is remembered, in milliseconds: that often at most the event loop waits for a slow one. */
const MEMORY_MS = 2_000;

/** Whether the disk is quick enough that the main thread may wait for it. Times are of a monotonic clock, in milliseconds. */
export class DiskPace {
  private slowAt = -Infinity;

  isQuick(now: number): boolean {
    return now - this.slowAt > MEMORY_MS;
  }

  /** A commit, on whichever thread, took so long until `now`. What it waited for a thread is no matter of the disk. */
  committed(tookMs: number, now: number): void {
    if (tookMs > SLOW_MS) this.slowAt = now;
  }
}
