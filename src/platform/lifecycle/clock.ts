import { Injectable } from '@nestjs/common';

/** The only source of time in the program; tests put another one in its place. */
@Injectable()
export class Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z, as the machine's clock has it: it may jump. */
  now(): number {
    return Date.now();
  }

  /** Milliseconds since an arbitrary start; never goes back. For measuring spans. */
  monotonic(): number {
    return performance.now();
  }
}
