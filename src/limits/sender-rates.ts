import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/lifecycle/clock';
import { Settings } from '../settings/settings';
import { TokenBucket } from './token-bucket';

/** Maximum senders with a bucket; the least recently used is evicted first. */
const MAX_SENDERS = 10_000;

/**
 * `MESSAGE_RATE` of one sender over all of its connections and requests. An evicted sender still has the limits of its
 * connections and addresses. Must not know what is written.
 */
@Injectable()
export class SenderRates {
  /** Least recently used first. */
  private readonly buckets = new Map<number | string, TokenBucket>();

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Charges one message to an author (by id), or to another key that identifies the sender.
   * @returns 0, or the milliseconds until it can be written
   */
  take(sender: number | string): number {
    const { MESSAGE_RATE: rate, MESSAGE_BURST: burst } = this.settings;
    if (rate === 0) return 0;
    const now = this.clock.monotonic();
    const bucket = this.buckets.get(sender) ?? new TokenBucket(rate, burst, now);
    this.buckets.delete(sender);
    this.buckets.set(sender, bucket);
    if (this.buckets.size > MAX_SENDERS) this.buckets.delete(this.buckets.keys().next().value!);
    return bucket.take(now);
  }
}
