import { Clock } from './clock';

/** A clock that unit specs move by hand. */
export class StoppedClock extends Clock {
  at = 0;

  override monotonic(): number {
    return this.at;
  }
}
