import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { ClusterBus } from './cluster-bus';

/** Whether other replicas can be reached. */
@Injectable()
export class ClusterHealth {
  constructor(
    private readonly bus: ClusterBus,
    private readonly indicator: HealthIndicatorService,
  ) {}

  /** Degraded, not down, when the bus is lost: every message still arrives, and other replicas are no better off. */
  check(): HealthIndicatorResult {
    const check = this.indicator.check('cluster');
    const { kind: bus, isConnected } = this.bus;
    return isConnected ? check.up({ bus }) : check.degraded({ bus, message: 'the bus is lost' });
  }
}
