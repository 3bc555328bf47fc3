/** Maximum debt, in seconds of the rate; a single higher cost may exceed it. */
const MAX_DEBT_SECONDS = 10;

/**
 * A token bucket: allows `burst` at once and `rate` per second in the long run; the rate must not be 0. Charges after the fact
 * may leave a debt. Times are monotonic, in milliseconds.
 */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly rate: number,
    private readonly burst: number,
    nowMs: number,
    /** Initial tokens. */
    start = burst,
  ) {
    this.tokens = start;
    this.filledAt = nowMs;
  }

  /** Spends `cost` if available. @returns 0 if spent, else the milliseconds until it can be */
  take(nowMs: number, cost = 1): number {
    const wait = this.waitMs(nowMs, cost);
    if (wait === 0) this.tokens -= cost;
    return wait;
  }

  /** Spends `cost` in any case, into debt if need be. */
  charge(nowMs: number, cost: number): void {
    this.fill(nowMs);
    // Without a floor, a client that is served while in debt would never get out of it.
    this.tokens = Math.max(this.tokens - cost, -Math.max(MAX_DEBT_SECONDS * this.rate, cost));
  }

  /** Milliseconds until `cost` can be spent; a cost above the burst waits for a full bucket. */
  waitMs(nowMs: number, cost = 1): number {
    this.fill(nowMs);
    const missing = Math.min(cost, this.burst) - this.tokens;
    return missing <= 0 ? 0 : Math.ceil((missing / this.rate) * 1000);
  }

  /** Tokens missing from the burst. */
  missing(nowMs: number): number {
    this.fill(nowMs);
    return this.burst - this.tokens;
  }

  private fill(nowMs: number): void {
    this.tokens = Math.min(this.burst, this.tokens + ((nowMs - this.filledAt) / 1000) * this.rate);
    this.filledAt = nowMs;
  }
}
