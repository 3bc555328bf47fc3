import { TokenBucket } from './token-bucket';

/** A token bucket's limits: `rate` per second in the long run, `burst` at once. */
export interface Allowance {
  readonly rate: number;
  readonly burst: number;
}

/** The resources charged to an address. `history` is in bytes, the others are counts. */
export type Charged = 'frames' | 'messages' | 'names' | 'handshakes' | 'history' | 'requests' | 'authentications';

/** undefined: no limit. */
export type Allowances = Readonly<Record<Charged, Allowance | undefined>>;

/**
 * The spending of one client address, across its connections and beyond their end. Times are monotonic, in milliseconds. Must
 * not know how costs are determined.
 */
export class AddressBudget {
  /** Open WebSocket connections and event streams. */
  connections = 0;
  private readonly buckets: Partial<Record<Charged, TokenBucket>> = {};
  /** Message burst used by closed connections and not yet refilled; new connections start with that much less. */
  private debt: TokenBucket | undefined;

  constructor(
    private readonly allowances: Allowances,
    /** Time of the last request or connection. */
    public usedAt: number,
  ) {}

  /** Spends `cost` if available. @returns 0 if spent, else the milliseconds until it can be */
  take(what: Charged, now: number, cost = 1): number {
    return this.bucket(what, now)?.take(now, cost) ?? 0;
  }

  /** Spends `cost` in any case, into debt if need be. */
  charge(what: Charged, now: number, cost: number): void {
    this.bucket(what, now)?.charge(now, cost);
  }

  /** Milliseconds until the address is out of debt and can spend 1. */
  waitMs(what: Charged, now: number): number {
    return this.bucket(what, now)?.waitMs(now) ?? 0;
  }

  /** Whether charges exceed the burst and what was refilled since. */
  isInDebt(what: Charged, now: number): boolean {
    const bucket = this.buckets[what];
    return bucket !== undefined && bucket.missing(now) > this.allowances[what]!.burst;
  }

  /** Takes over the part of its burst that a closing connection has spent; it refills at `rate`. */
  inherit(spent: number, { rate, burst }: Allowance, now: number): void {
    this.debt ??= new TokenBucket(rate, burst, now);
    this.debt.charge(now, Math.min(spent, burst));
  }

  /**
   * Tokens a new connection starts with: the burst less the inherited debt, and at least 1, so that no client is locked out.
   */
  bequeath({ burst }: Allowance, now: number): number {
    if (!this.debt) return burst;
    const debt = Math.min(this.debt.missing(now), burst - 1);
    this.debt.charge(now, -debt);
    return burst - debt;
  }

  private bucket(what: Charged, now: number): TokenBucket | undefined {
    const allowance = this.allowances[what];
    return allowance && (this.buckets[what] ??= new TokenBucket(allowance.rate, allowance.burst, now));
  }
}
