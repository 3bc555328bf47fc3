/** What a commit takes beyond this is too long, in milliseconds. */
const SLOW_MS = 10;
/** So much of it in sum the main thread puts up with, in milliseconds: any disk has a slow moment now and then. */
const TOLERATED_MS = 20;
/** More than this is not remembered, in milliseconds: two seconds after the worst commit it is put up with again. */
const REMEMBERED_MS = 40;
/** What is forgotten of it in a millisecond. */
const FORGOTTEN = 0.01;

/**
 * Whether the disk is quick enough that the main thread may wait for it: it is, until slow commits add up, and again at a
 * commit when enough of them is forgotten. Times are of a monotonic clock, in milliseconds.
 */
export class DiskPace {
  private tooLongMs = 0;
  private before = 0;
  isQuick = true;

  /** A commit, on whichever thread, took so long until `now`. What it waited for a thread is no matter of the disk. */
  committed(tookMs: number, now: number): void {
    const left = Math.max(0, this.tooLongMs - (now - this.before) * FORGOTTEN);
    this.tooLongMs = Math.min(REMEMBERED_MS, left + Math.max(0, tookMs - SLOW_MS));
    this.before = now;
    this.isQuick = this.tooLongMs <= TOLERATED_MS;
  }
}
