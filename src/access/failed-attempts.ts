import { Injectable } from '@nestjs/common';
import type { AddressBudget } from '../limits/address-budget';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';

/** Codes of failures of the server or of the provider, which are not charged to a client. */
const NOT_THE_CLIENTS = new Set(['SERVICE_UNAVAILABLE', 'INTERNAL_ERROR']);

/** Limits failed token checks per client address: each costs a verification, and may be a guess. Counts the results. */
@Injectable()
export class FailedAttempts {
  constructor(
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Runs a check, unless the address has failed too often. Charges failures only: many users may share a proxy. */
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

  /** Charges a failure that needed no check. */
  refuse(address: AddressBudget | undefined, error: AppError): Promise<never> {
    return this.watch(address, () => Promise.reject(error));
  }
}

/** Bounded cardinality: a key of the error table, or `fault`. */
function resultOf(error: unknown): string {
  return error instanceof AppError ? error.message : 'fault';
}
