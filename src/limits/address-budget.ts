import { TokenBucket } from './token-bucket';

/** What a client address may spend a second in the long run, and at once; undefined: no limit. */
export interface Allowance {
  readonly rate: number;
  readonly burst: number;
}

/** What addresses are charged for. `history` is in bytes, the others in pieces. */
export type Charged = 'frames' | 'messages' | 'names' | 'handshakes' | 'history' | 'requests';

export type Allowances = Readonly<Record<Charged, Allowance | undefined>>;

/**
 * What one client address has spent, over all its connections and beyond their end. Times are of a monotonic clock, in
 * milliseconds. It must not know what the costs are for.
 */
export class AddressBudget {
  /** Open WebSocket connections and event streams. */
  connections = 0;
  private readonly buckets: Partial<Record<Charged, TokenBucket>> = {};
  /** What ended connections had left to pay back of their message bursts: new ones begin with that much less. */
  private debt: TokenBucket | undefined;

  constructor(
    private readonly allowances: Allowances,
    /** When it was last asked for. */
    public usedAt: number,
  ) {}

  /** Spends `cost` if the address may. 0 when it did, else the milliseconds until it may. */
  take(what: Charged, now: number, cost = 1): number {
    return this.bucket(what, now)?.take(now, cost) ?? 0;
  }

  /** Spends what it cost, into debt if need be. */
  charge(what: Charged, now: number, cost: number): void {
    this.bucket(what, now)?.charge(now, cost);
  }

  /** Milliseconds until the address owes nothing and may spend one. */
  waitMs(what: Charged, now: number): number {
    return this.bucket(what, now)?.waitMs(now) ?? 0;
  }

  /** Whether it was charged more than it had. */
  owes(what: Charged, now: number): boolean {
    const bucket = this.buckets[what];
    return bucket !== undefined && bucket.missing(now) > this.allowances[what]!.burst;
  }

  /** A connection ends that has spent so much of its burst, which comes back at `rate`. */
  inherit(spent: number, { rate, burst }: Allowance, now: number): void {
    this.debt ??= new TokenBucket(rate, burst, now);
    this.debt.charge(now, Math.min(spent, burst));
  }

  /** What a new connection of the address begins with instead of a whole burst. At least one, so that nobody is shut out. */
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
