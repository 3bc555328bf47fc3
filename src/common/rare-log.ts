import type { Logger } from '@nestjs/common';

/** Without a further one for so long, what comes next is said again, in milliseconds. */
const SILENCE_MS = 60_000;

/** Says something that others can make happen any number of times: once, and again only after a minute without it. */
export class RareLog {
  private before = -Infinity;

  constructor(private readonly logger: Logger) {}

  warn(text: string): void {
    const now = performance.now();
    if (now - this.before > SILENCE_MS) this.logger.warn(text);
    this.before = now;
  }
}
