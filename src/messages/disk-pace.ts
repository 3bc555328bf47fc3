/** A commit that takes longer is slow, in milliseconds. */
const SLOW_MS = 10;
/** For how many times its duration a slow commit is remembered: the event loop waits in slow ones at most 1 % of the time. */
const MEMORY = 100;

/** Whether the disk is quick enough that the main thread may wait for it. Times are of a monotonic clock, in milliseconds. */
export class DiskPace {
  private slowUntil = -Infinity;

  isQuick(now: number): boolean {
    return now >= this.slowUntil;
  }

  /** A commit took from `begun` until `now`, on whichever thread. */
  committed(begun: number, now: number): void {
    const took = now - begun;
    if (took > SLOW_MS) this.slowUntil = Math.max(this.slowUntil, now + took * MEMORY);
  }
}
