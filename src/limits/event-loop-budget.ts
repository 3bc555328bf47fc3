import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/lifecycle/clock';

/** Time for newcomers in one turn of the event loop, in milliseconds; the rest wait. */
const BUDGET_MS = 5;
/** Maximum waiting newcomers resumed per turn. */
const RESUMED_PER_TURN = 16;

/**
 * The time that newcomers (requests, handshakes and first frames) get in each turn of the event loop. Thousands may arrive at
 * once; the excess waits in FIFO order, so that established connections are served in between.
 */
@Injectable()
export class EventLoopBudget {
  /** Bounded by the number of open connections: each is paused while it waits, so it waits once. */
  private readonly waiting: (() => void)[] = [];
  private began = 0;
  private isCounting = false;

  constructor(private readonly clock: Clock) {}

  /** Whether another newcomer may be handled in this turn. */
  get hasTime(): boolean {
    if (this.waiting.length > 0) return false;
    const now = this.clock.monotonic();
    if (this.isCounting) return now - this.began < BUDGET_MS;
    this.isCounting = true;
    this.began = now;
    setImmediate(() => (this.isCounting = false));
    return true;
  }

  /** Calls `resume` in a later turn, which has time for it: `hasTime` need not be checked again. */
  wait(resume: () => void): void {
    if (this.waiting.push(resume) === 1) setImmediate(this.next);
  }

  private readonly next = (): void => {
    for (const resume of this.waiting.splice(0, RESUMED_PER_TURN)) resume();
    if (this.waiting.length > 0) setImmediate(this.next);
  };
}
