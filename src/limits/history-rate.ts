import { Injectable } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';
import type { AddressBudget } from './address-budget';

/**
 * Limits the bytes of stored messages read per client address, over REST and in replays. The size of a page is known only after
 * it was read: it is charged afterwards, and an address in debt waits before the next page.
 */
@Injectable()
export class HistoryRate {
  constructor(
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Milliseconds until the address may read a page. */
  waitMs(address: AddressBudget | undefined): number {
    const wait = address?.waitMs('history', this.clock.monotonic()) ?? 0;
    if (wait > 0) this.metrics.limited.inc({ limit: 'history' });
    return wait;
  }

  /** @throws AppError `history_rate`, with the time until a retry can succeed */
  require(address: AddressBudget | undefined): void {
    const wait = this.waitMs(address);
    if (wait > 0) throw new AppError('history_rate', {}, wait);
  }

  /** Charges a page that was read. */
  charge(address: AddressBudget | undefined, bytes: number): void {
    address?.charge('history', this.clock.monotonic(), bytes);
  }
}
