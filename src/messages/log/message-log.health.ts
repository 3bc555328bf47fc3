import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { MessageLog } from './message-log';

/** Health indicator: whether new messages can be stored. */
@Injectable()
export class MessageLogHealth {
  constructor(
    private readonly log: MessageLog,
    private readonly indicator: HealthIndicatorService,
  ) {}

  /** False after a failed write, until one succeeds. */
  get canWrite(): boolean {
    return this.log.lastError === undefined;
  }

  check(): HealthIndicatorResult {
    const check = this.indicator.check('message_log');
    if (this.log.lastError) return check.down({ message: this.log.lastError });
    return this.log.overloaded ? check.down({ message: 'overloaded' }) : check.up();
  }
}
