import { Injectable } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';
import type { AddressBudget } from './address-budget';

/**
 * Limits how many stored bytes a client address reads, over REST and in replays. The size of a page is known only once it is made:
 * it is charged then, and an address in debt waits before the next page.
 */
@Injectable()
export class HistoryRate {
  constructor(
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Milliseconds until the address may have a page. */
  waitMs(address: AddressBudget | undefined): number {
    const wait = address?.waitMs('history', this.clock.monotonic()) ?? 0;
    if (wait > 0) this.metrics.limited.inc({ limit: 'history' });
    return wait;
  }

  /** @throws AppError that says when the address may have a page */
  require(address: AddressBudget | undefined): void {
    const wait = this.waitMs(address);
    if (wait > 0) throw new AppError('history_rate', {}, wait);
  }

  charge(address: AddressBudget | undefined, bytes: number): void {
    address?.charge('history', this.clock.monotonic(), bytes);
  }
}
