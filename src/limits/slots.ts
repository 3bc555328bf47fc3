import { AppError } from '../platform/errors/app-error';

/** Runs a bounded number of tasks concurrently; a bounded number waits in FIFO order, and further ones are refused. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(
    private free: number,
    private readonly maxWaiting: number,
  ) {}

  /** @throws AppError `overloaded` when too many tasks are waiting */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free--;
    else await this.slot();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // On the next turn of the event loop: queries on SQLite are synchronous, and sockets would wait for the whole queue.
      if (next) setImmediate(next);
      else this.free++;
    }
  }

  private slot(): Promise<void> {
    if (this.waiting.length >= this.maxWaiting) throw new AppError('overloaded');
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
