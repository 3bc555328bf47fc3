import { AppError } from '../platform/errors/app-error';

/** So much work of a kind at a time; so much more waits, in order, and what comes beyond is refused. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(
    private free: number,
    private readonly maxWaiting: number,
  ) {}

  /** @throws AppError when too much waits already */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free--;
    else await this.turn();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // In another round of the event loop: on SQLite the work itself never waits, and sockets would have to.
      if (next) setImmediate(next);
      else this.free++;
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.maxWaiting) throw new AppError('overloaded');
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
