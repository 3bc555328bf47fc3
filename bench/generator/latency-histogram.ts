const BUCKETS_PER_MS = 100;
const LONGEST_MS = 10_000;

/** Counts durations in steps of 10 µs, capped at ten seconds. */
export class LatencyHistogram {
  private readonly buckets = new Uint32Array(LONGEST_MS * BUCKETS_PER_MS + 1);
  /** In milliseconds. */
  longest = 0;
  private count = 0;

  add(milliseconds: number): void {
    this.count++;
    this.longest = Math.max(this.longest, milliseconds);
    this.buckets[Math.floor(Math.min(milliseconds, LONGEST_MS) * BUCKETS_PER_MS)]!++;
  }

  /** In milliseconds, the upper end of the step. */
  percentile(share: number): number {
    let left = this.count * share;
    const index = this.buckets.findIndex((count) => (left -= count) <= 0);
    return (index + 1) / BUCKETS_PER_MS;
  }
}
