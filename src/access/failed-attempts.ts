import { Injectable } from '@nestjs/common';
import type { AddressBudget } from '../limits/address-budget';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';

/** What a failure of the server's own, or of the provider's, is; no client is charged for it. */
const NOT_THE_CLIENTS = new Set(['SERVICE_UNAVAILABLE', 'INTERNAL_ERROR']);

/** Limits the checks of tokens that fail, per client address: each costs a signature, and may be a guess. Counts the results. */
@Injectable()
export class FailedAttempts {
  constructor(
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Runs a check, unless the address has failed too often. Its failure is charged, not the check: many users share a proxy. */
  async watch<Result>(address: AddressBudget | undefined, check: () => Promise<Result>): Promise<Result> {
    const wait = address?.waitMs('authentications', this.clock.monotonic()) ?? 0;
    if (wait > 0) {
      this.metrics.limited.inc({ limit: 'authentications' });
      throw new AppError('auth_rate', {}, wait);
    }
    try {
      const result = await check();
      this.metrics.authentications.inc({ result: 'accepted' });
      return result;
    } catch (error) {
      this.metrics.authentications.inc({ result: resultOf(error) });
      const isTheClients = error instanceof AppError && !NOT_THE_CLIENTS.has(error.code);
      if (isTheClients) address?.charge('authentications', this.clock.monotonic(), 1);
      throw error;
    }
  }

  /** A failure that needed no check. */
  refuse(address: AddressBudget | undefined, error: AppError): Promise<never> {
    return this.watch(address, () => Promise.reject(error));
  }
}

/** A row of the error table, of which there are few. */
function resultOf(error: unknown): string {
  return error instanceof AppError ? error.message : 'fault';
}
