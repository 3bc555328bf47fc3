import { AppError } from '../platform/errors/app-error';

/** Runs a bounded number of tasks at a time; a bounded number waits, in order, and further ones are refused. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(
    private free: number,
    private readonly maxWaiting: number,
  ) {}

  /** @throws AppError when too many tasks wait already */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free--;
    else await this.turn();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // In another turn of the event loop: tasks on SQLite are synchronous, and sockets would have to wait for all of them.
      if (next) setImmediate(next);
      else this.free++;
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.maxWaiting) throw new AppError('overloaded');
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
