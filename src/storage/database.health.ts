import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { DataSource } from 'typeorm';
import { isMigrationPending } from './migrate';

/** Readiness of the database: it answers, and no migration is pending. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly dataSource: DataSource,
    private readonly indicator: HealthIndicatorService,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const check = this.indicator.check('database');
    try {
      const isPending = await isMigrationPending(this.dataSource);
      return isPending ? check.down({ message: 'migrations are pending' }) : check.up();
    } catch {
      return check.down({ message: 'does not answer' });
    }
  }
}
