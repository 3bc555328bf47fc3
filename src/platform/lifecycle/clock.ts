import { Injectable } from '@nestjs/common';

/** Cancels a timer. Calling it again, or after the timer has fired, does nothing. */
export type CancelTimer = () => void;

/** The source of time and of timers; unit specs put a `ManualClock` in its place. No timer keeps the process alive. */
@Injectable()
export class Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z by the machine's clock, which may jump. */
  now(): number {
    return Date.now();
  }

  /** Milliseconds since an arbitrary start; never goes back. For measuring durations. */
  monotonic(): number {
    return performance.now();
  }

  /** Calls `run` once, `ms` milliseconds from now. */
  after(ms: number, run: () => void): CancelTimer {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  }

  /** Calls `run` every `ms` milliseconds, the first time `ms` from now. */
  every(ms: number, run: () => void): CancelTimer {
    const timer = setInterval(run, ms).unref();
    return () => clearInterval(timer);
  }

  /** Resolves `ms` milliseconds from now. */
  delay(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }
}
