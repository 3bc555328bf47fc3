import type { Logger } from '@nestjs/common';
import type { Clock } from '../lifecycle/clock';

const INTERVAL_MS = 10_000;

/** Log lines that clients cause, of one kind: at most one in ten seconds, with the number of those left out before it. */
export class SampledLog {
  private saidAt = -Infinity;
  private leftOut = 0;

  constructor(
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {}

  warn(text: string): void {
    const now = this.clock.monotonic();
    if (now - this.saidAt < INTERVAL_MS) {
      this.leftOut++;
      return;
    }
    this.logger.warn(this.leftOut > 0 ? `${text} (${this.leftOut} such lines were left out before)` : text);
    this.saidAt = now;
    this.leftOut = 0;
  }
}
