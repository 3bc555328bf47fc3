/** Allows `burst` at once and `rate` a second in the long run; rate 0 allows everything. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    readonly rate: number,
    private readonly burst: number,
    nowMs: number,
  ) {
    this.tokens = burst;
    this.filledAt = nowMs;
  }

  /** Whether one more is allowed at this moment of a monotonic clock; if so, it is counted. */
  take(nowMs: number): boolean {
    if (this.rate === 0) return true;
    this.tokens = Math.min(this.burst, this.tokens + ((nowMs - this.filledAt) / 1000) * this.rate);
    this.filledAt = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
