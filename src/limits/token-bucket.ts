/** What can be owed at most, in seconds of the rate, or a single cost that is higher. */
const MAX_DEBT_SECONDS = 10;

/**
 * Allows `burst` at once and `rate` a second in the long run; the rate must not be 0. What is charged after the fact may leave
 * a debt. Times are of a monotonic clock, in milliseconds.
 */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly rate: number,
    private readonly burst: number,
    nowMs: number,
    /** What it may spend at once in the beginning. */
    start = burst,
  ) {
    this.tokens = start;
    this.filledAt = nowMs;
  }

  /** Spends `cost` if there is as much. 0 when it did, else the milliseconds until it would. */
  take(nowMs: number, cost = 1): number {
    const wait = this.waitMs(nowMs, cost);
    if (wait === 0) this.tokens -= cost;
    return wait;
  }

  /** Spends `cost` whether or not there is as much. */
  charge(nowMs: number, cost: number): void {
    this.fill(nowMs);
    // Who may go on although it owes would otherwise never have paid back.
    this.tokens = Math.max(this.tokens - cost, -Math.max(MAX_DEBT_SECONDS * this.rate, cost));
  }

  /** Milliseconds until `cost` can be spent; a cost beyond the burst waits for a full bucket. */
  waitMs(nowMs: number, cost = 1): number {
    this.fill(nowMs);
    const missing = Math.min(cost, this.burst) - this.tokens;
    return missing <= 0 ? 0 : Math.ceil((missing / this.rate) * 1000);
  }

  /** How much less than the burst there is. */
  missing(nowMs: number): number {
    this.fill(nowMs);
    return this.burst - this.tokens;
  }

  private fill(nowMs: number): void {
    this.tokens = Math.min(this.burst, this.tokens + ((nowMs - this.filledAt) / 1000) * this.rate);
    this.filledAt = nowMs;
  }
}
