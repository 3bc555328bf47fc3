/** Allows `burst` at once and `rate` a second in the long run; the rate must not be 0. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly rate: number,
    private readonly burst: number,
    nowMs: number,
  ) {
    this.tokens = burst;
    this.filledAt = nowMs;
  }

  /** Counts one at this moment of a monotonic clock. 0 when it is allowed, else the milliseconds until it will be. */
  take(nowMs: number): number {
    this.tokens = Math.min(this.burst, this.tokens + ((nowMs - this.filledAt) / 1000) * this.rate);
    this.filledAt = nowMs;
    if (this.tokens < 1) return Math.ceil(((1 - this.tokens) / this.rate) * 1000);
    this.tokens -= 1;
    return 0;
  }
}
