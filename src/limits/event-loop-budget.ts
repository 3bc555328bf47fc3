import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/lifecycle/clock';

/** What newcomers may take of one turn of the event loop, in milliseconds; beyond, they wait. */
const TURN_MS = 5;
/** So many of those who wait go on in each turn. */
const AT_ONCE = 16;

/**
 * Turns of the event loop, shared among those whom the server does not know yet: requests, handshakes and first frames. A thousand
 * of them may come at the same moment; they are let in a few at a time and in order, so that the others are served in between.
 */
@Injectable()
export class EventLoopBudget {
  private readonly waiting: (() => void)[] = [];
  private began = 0;
  private isCounting = false;

  constructor(private readonly clock: Clock) {}

  /** Whether one more may be handled in this turn. */
  get hasTime(): boolean {
    if (this.waiting.length > 0) return false;
    const now = this.clock.monotonic();
    if (this.isCounting) return now - this.began < TURN_MS;
    this.isCounting = true;
    this.began = now;
    setImmediate(() => (this.isCounting = false));
    return true;
  }

  /** Calls back in a later turn: then there is time, without asking again. */
  wait(goOn: () => void): void {
    if (this.waiting.push(goOn) === 1) setImmediate(this.next);
  }

  private readonly next = (): void => {
    for (const goOn of this.waiting.splice(0, AT_ONCE)) goOn();
    if (this.waiting.length > 0) setImmediate(this.next);
  };
}
