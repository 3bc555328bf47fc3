/** A commit that takes longer is slow, in milliseconds. */
const SLOW_MS = 10;
/** How long a slow commit is remembered, in milliseconds: that often at most the event loop waits for one. */
const MEMORY_MS = 2_000;

/**
 * Whether the disk is quick enough that the main thread may wait for it: it is, until a commit is slow, and again when one was
 * quick after that has been remembered for long enough. Times are of a monotonic clock, in milliseconds.
 */
export class DiskPace {
  private slowAt = -Infinity;
  isQuick = true;

  /** A commit, on whichever thread, took so long until `now`. What it waited for a thread is no matter of the disk. */
  committed(tookMs: number, now: number): void {
    if (tookMs > SLOW_MS) {
      this.slowAt = now;
      this.isQuick = false;
    } else if (now - this.slowAt > MEMORY_MS) {
      this.isQuick = true;
    }
  }
}
