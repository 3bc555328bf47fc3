import { Clock } from './clock';

/** A clock whose monotonic time unit specs set by hand. Its timers are real. */
export class StoppedClock extends Clock {
  at = 0;

  override monotonic(): number {
    return this.at;
  }
}
