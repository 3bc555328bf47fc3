/** Commit time beyond this counts as excess, in milliseconds. */
const SLOW_MS = 10;
/** Accumulated excess after which commits move to the writer thread, in milliseconds. Any disk has a slow moment now and then. */
const TOLERATED_MS = 20;
/** Bound of the accumulated excess, in milliseconds: two seconds after the worst commit the main thread may commit again. */
const MAX_EXCESS_MS = 40;
/** Excess forgotten per millisecond. */
const DECAY = 0.01;

/**
 * Decides whether the disk is fast enough for commits on the main thread. Owns the accumulated excess of commit times. Must not
 * know the threads. Times are of a monotonic clock, in milliseconds.
 */
export class DiskPace {
  private excessMs = 0;
  private lastCommit = 0;
  isQuick = true;

  /** Records a commit that took `tookMs` until `now`, on either thread, without the time it waited for the thread. */
  committed(tookMs: number, now: number): void {
    const left = Math.max(0, this.excessMs - (now - this.lastCommit) * DECAY);
    this.excessMs = Math.min(MAX_EXCESS_MS, left + Math.max(0, tookMs - SLOW_MS));
    this.lastCommit = now;
    this.isQuick = this.excessMs <= TOLERATED_MS;
  }
}
