import { Injectable } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';
import type { AddressBudget } from './address-budget';

/**
 * What client addresses read of what is stored, over REST and in replays. How much a page is, is known when it is made: it is
 * charged then, and who owes waits before the next one.
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
