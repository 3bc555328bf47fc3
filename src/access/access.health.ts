import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Keys } from './tokens/keys';

/** Whether the keys of the identity provider are up to date. */
@Injectable()
export class AccessHealth {
  constructor(
    private readonly keys: Keys,
    private readonly indicator: HealthIndicatorService,
  ) {}

  /** False without a provider. */
  get isRelevant(): boolean {
    return this.keys.provider !== undefined;
  }

  /** Only degraded while the provider is down: known keys keep working, and other replicas are no better off. */
  check(): HealthIndicatorResult {
    const check = this.indicator.check('access');
    const isStale = this.keys.provider?.isStale ?? false;
    return isStale ? check.degraded({ message: 'the keys cannot be refreshed' }) : check.up();
  }
}
