import type { Logger } from '@nestjs/common';
import type { Clock } from '../lifecycle/clock';

const INTERVAL_MS = 10_000;
/** Maximum causes sampled separately; lines of further ones are sampled together. */
const MAX_CAUSES = 100;

interface Sample {
  loggedAt: number;
  leftOut: number;
}

/**
 * Log lines that clients can cause: per cause at most one in ten seconds, with the number left out before it. A cause is a term
 * of the server, such as a route, never client input.
 */
export class SampledLog {
  private readonly samples = new Map<string, Sample>();

  constructor(
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {}

  warn(text: string, cause = ''): void {
    this.log(text, cause, (line) => this.logger.warn(line));
  }

  /** @param error its stack is logged, too */
  error(text: string, error: unknown, cause = ''): void {
    const stack = error instanceof Error ? error.stack : undefined;
    this.log(text, cause, (line) => this.logger.error(line, stack));
  }

  private log(text: string, cause: string, write: (line: string) => void): void {
    const now = this.clock.monotonic();
    const sample = this.sampleOf(cause);
    if (now - sample.loggedAt < INTERVAL_MS) {
      sample.leftOut++;
      return;
    }
    write(sample.leftOut > 0 ? `${text} (${sample.leftOut} such lines were left out before)` : text);
    sample.loggedAt = now;
    sample.leftOut = 0;
  }

  private sampleOf(cause: string): Sample {
    const known = this.samples.get(cause) ?? (this.samples.size >= MAX_CAUSES ? this.samples.get('') : undefined);
    if (known) return known;
    const sample = { loggedAt: -Infinity, leftOut: 0 };
    this.samples.set(this.samples.size >= MAX_CAUSES ? '' : cause, sample);
    return sample;
  }
}
