import type { Logger } from '@nestjs/common';
import type { Clock } from '../lifecycle/clock';

const INTERVAL_MS = 10_000;

/** Log lines of one kind that clients can cause: at most one per ten seconds, with the number left out before it. */
export class SampledLog {
  private loggedAt = -Infinity;
  private leftOut = 0;

  constructor(
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {}

  warn(text: string): void {
    const now = this.clock.monotonic();
    if (now - this.loggedAt < INTERVAL_MS) {
      this.leftOut++;
      return;
    }
    this.logger.warn(this.leftOut > 0 ? `${text} (${this.leftOut} such lines were left out before)` : text);
    this.loggedAt = now;
    this.leftOut = 0;
  }
}
