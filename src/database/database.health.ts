import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { DataSource } from 'typeorm';

/** Whether the database answers, and whether its schema is this program's. */
@Injectable()
export class DatabaseHealth {
  constructor(
    private readonly dataSource: DataSource,
    private readonly indicator: HealthIndicatorService,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const check = this.indicator.check('database');
    try {
      return (await this.dataSource.showMigrations()) ? check.down({ message: 'migrations are pending' }) : check.up();
    } catch {
      return check.down({ message: 'does not answer' });
    }
  }
}
