import { AppError } from '../platform/errors/app-error';
import type { Clock } from '../platform/lifecycle/clock';

/** Outcome of one item of a batch. */
export type Outcome<Result> = { readonly result: Result } | { readonly error: unknown };

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchLimits {
  /** Maximum items of a batch. */
  readonly size: number;
  /** Minimum time between two batches, in milliseconds. A full batch does not wait, nor does the first one after a pause. */
  readonly intervalMs: number;
}

/**
 * Batches work that costs little more for many items than for one. Items that arrive in one turn of the event loop, or while a
 * batch is in progress, form the next batch, in FIFO order. Does not bound the queue: the caller must.
 */
export class Batches<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private isRunning = false;
  private startedAt = -Infinity;
  private wake: (() => void) | undefined;

  /**
   * @param work resolves to the outcomes in the order of the items. If it rejects with an AppError, all items fail with it; with
   * any other error, it is retried for each item separately, so that only the faulty one fails
   */
  constructor(
    private readonly work: (items: readonly Item[]) => Promise<readonly Outcome<Result>[]>,
    private readonly limits: BatchLimits,
    private readonly clock: Clock,
  ) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.isFull) this.wake?.();
      if (!this.isRunning) void this.run();
    });
  }

  private get isFull(): boolean {
    return this.waiting.length >= this.limits.size;
  }

  /** Never rejects. */
  private async run(): Promise<void> {
    this.isRunning = true;
    while (this.waiting.length > 0) {
      await this.interval();
      await new Promise(setImmediate);
      this.startedAt = this.clock.monotonic();
      await this.settle(this.waiting.splice(0, this.limits.size));
    }
    this.isRunning = false;
  }

  /** Resolves when the next batch is due. */
  private async interval(): Promise<void> {
    const waitMs = this.startedAt + this.limits.intervalMs - this.clock.monotonic();
    if (this.isFull || waitMs <= 0) return;
    const awake = new Promise<void>((resolve) => (this.wake = resolve));
    const cancel = this.clock.after(waitMs, this.wake!);
    await awake;
    cancel();
    this.wake = undefined;
  }

  private async settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const outcomes = await this.work(batch.map(({ item }) => item));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[index]!;
        if ('result' in outcome) resolve(outcome.result);
        else reject(outcome.error);
      }
    } catch (error) {
      if (batch.length === 1 || error instanceof AppError) for (const { reject } of batch) reject(error);
      else for (const one of batch) await this.settle([one]);
    }
  }
}
