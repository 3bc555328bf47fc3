import type { Request } from 'express';
import { Injectable } from '@nestjs/common';
import type { Identity } from '../access/identity';
import { AddressBudgets } from '../limits/address-budgets';
import { TokenBucket } from '../limits/token-bucket';
import { AppError } from '../platform/errors/app-error';
import { HttpOptions } from '../platform/http/http-options';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';
import { Settings } from '../settings/settings';

/** Senders whose bucket is remembered; the least recently used goes first. */
const MAX_SENDERS = 10_000;

/**
 * Charges what is written over HTTP: `MESSAGE_RATE` per author, or per name and address where there are no identities, as there is
 * no connection to charge; and the address, as for frames. Must not know what is written.
 */
@Injectable()
export class WriteRates {
  /** Least recently used first. A sender that is dropped still has its address's limit. */
  private readonly senders = new Map<string, TokenBucket>();

  constructor(
    private readonly settings: Settings,
    private readonly budgets: AddressBudgets,
    private readonly options: HttpOptions,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** @throws AppError with the time to wait */
  charge(request: Request, { authorId }: Identity, name: string): void {
    const { MESSAGE_RATE: rate, MESSAGE_BURST: burst, MESSAGE_RATE_PER_IP: ofAddress } = this.settings;
    const now = this.clock.monotonic();
    if (rate > 0) {
      const sender = authorId === undefined ? `${this.options.clientAddress(request)} ${name}` : String(authorId);
      const bucket = this.senders.get(sender) ?? new TokenBucket(rate, burst, now);
      this.senders.delete(sender);
      this.senders.set(sender, bucket);
      if (this.senders.size > MAX_SENDERS) this.senders.delete(this.senders.keys().next().value!);
      this.require(bucket.take(now), 'message_rate', rate);
    }
    this.require(this.budgets.of(request)?.take('messages', now) ?? 0, 'message_rate_of_address', ofAddress);
  }

  private require(wait: number, reason: 'message_rate' | 'message_rate_of_address', rate: number): void {
    if (wait === 0) return;
    this.metrics.limited.inc({ limit: 'messages' });
    throw new AppError(reason, { rate, seconds: Math.ceil(wait / 1000) }, wait);
  }
}
