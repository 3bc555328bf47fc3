import { Injectable } from '@nestjs/common';

/** Cancels a timer. Calling it again, or after the timer has fired, does nothing. */
export type CancelTimer = () => void;

/** The source of time and timers; unit specs replace it by a `ManualClock`. Timers do not keep the process alive. */
@Injectable()
export class Clock {
  /** Epoch milliseconds of the system clock, which can jump. */
  now(): number {
    return Date.now();
  }

  /** Milliseconds since an arbitrary start, never decreasing. For durations. */
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
