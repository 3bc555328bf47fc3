import { type CancelTimer, Clock } from '../../src/platform/lifecycle/clock';

interface Timer {
  dueAt: number;
  readonly interval: number | undefined;
  readonly run: () => void;
}

/** A clock that moves only when a spec advances it. */
export class ManualClock extends Clock {
  private readonly timers = new Set<Timer>();
  private elapsed = 0;
  private skew = 0;

  /** @param startedAt initial time in epoch milliseconds */
  constructor(private readonly startedAt = Date.UTC(2024, 0, 1)) {
    super();
  }

  override now(): number {
    return this.startedAt + this.elapsed + this.skew;
  }

  /** Sets the system clock ahead, or back; no time passes. */
  jump(ms: number): void {
    this.skew += ms;
  }

  override monotonic(): number {
    return this.elapsed;
  }

  override after(ms: number, run: () => void): CancelTimer {
    return this.add({ dueAt: this.elapsed + ms, interval: undefined, run });
  }

  override every(ms: number, run: () => void): CancelTimer {
    return this.add({ dueAt: this.elapsed + ms, interval: ms, run });
  }

  /** The number of timers neither fired nor cancelled. */
  get pending(): number {
    return this.timers.size;
  }

  /** Advances the time and fires due timers in order; promises settle before the time moves and after every timer. */
  async advance(ms: number): Promise<void> {
    const end = this.elapsed + ms;
    await settled();
    for (let next = this.nextDue(end); next; next = this.nextDue(end)) {
      this.elapsed = Math.max(this.elapsed, next.dueAt);
      if (next.interval === undefined) this.timers.delete(next);
      else next.dueAt += next.interval;
      next.run();
      await settled();
    }
    this.elapsed = end;
  }

  private add(timer: Timer): CancelTimer {
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  private nextDue(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.dueAt <= end && (!next || timer.dueAt < next.dueAt)) next = timer;
    }
    return next;
  }
}

/** Resolves after one turn of the event loop, when all promise chains without I/O or timers have settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
