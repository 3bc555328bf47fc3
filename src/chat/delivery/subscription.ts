import { setTimeout as delay } from 'node:timers/promises';
import type { AddressBudget } from '../../limits/address-budget';
import type { Backlog } from '../../limits/backlog-deadlines';
import type { HistoryRate } from '../../limits/history-rate';
import type { Metrics } from '../../platform/metrics/metrics';
import type { Encoding } from '../protocol/encoding';
import type { Replay } from './replay';
import type { SlowReaderLimit } from './slow-reader-limit';

/** How long to wait before the database, or the budget of the address, is asked again, in milliseconds. */
const RETRY_MS = 1_000;

const READY = Promise.resolve();
const nothing = (): void => undefined;

/** Where a reader's bytes go, and what of them waits for it. */
export interface Sink extends Backlog {
  /** Who pays for what is read again; undefined: nobody has to. */
  readonly address: AddressBudget | undefined;
  readonly isOpen: boolean;
  write(bytes: Buffer): void;
  /** Resolves when nothing waits any more, or the sink is closed. */
  drained(): Promise<void>;
  /** Ends a reader that does not take what waits for it, or cannot be told that it misses messages. */
  closeTooSlow(): void;
}

/**
 * One reader of the feed, live or catching up from its cursor. Resuming, a slow reader and an event stream are all this:
 * what is not sent is not kept, only the place where to go on. Each message once, in order, without a hole.
 */
export class Subscription {
  /** The id of the newest message this reader was sent. */
  cursor = 0;
  isLive = false;
  /** Settles when the reader is live, or gone. */
  ready: Promise<void> = READY;

  constructor(
    readonly sink: Sink,
    readonly encoding: Encoding,
    private readonly replay: Replay,
    private readonly slow: SlowReaderLimit,
    private readonly history: HistoryRate,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Begins after a message, or with the next one. `onPlaced` is called when this replica knows all that the reader has seen,
   * `onLive` as soon as nothing is missing; live frames come after both.
   */
  start(after: number | undefined, onPlaced = nothing, onLive = nothing): void {
    if (after !== undefined && after > this.replay.lastId) {
      this.cursor = after;
      this.ready = this.startAhead(after, onPlaced, onLive);
      return;
    }
    this.cursor = after ?? this.replay.lastId;
    onPlaced();
    if (this.cursor === this.replay.lastId) {
      this.isLive = true;
      onLive();
      return;
    }
    this.metrics.catchUps.inc({ reason: 'resumed' });
    this.ready = this.catchUp(onLive);
  }

  /**
   * The reader comes from another replica and has seen what this one is about to hear of. Before the database has answered
   * nobody knows whether it has seen too much, and it must not be told so.
   */
  private async startAhead(after: number, onPlaced: () => void, onLive: () => void): Promise<void> {
    while (!(await this.replay.catchUp())) {
      if (!this.sink.isOpen) return;
      await delay(RETRY_MS, undefined, { ref: false });
    }
    if (!this.sink.isOpen) return;
    this.cursor = Math.min(after, this.replay.lastId);
    onPlaced();
    await this.catchUp(onLive);
  }

  /** A new batch, encoded. Only for live readers: the others find it when they get there. */
  deliver(frames: Buffer, lastId: number): void {
    if (this.sink.unsent > this.slow.bytes) {
      this.isLive = false;
      this.metrics.catchUps.inc({ reason: 'slow' });
      this.ready = this.catchUp(nothing);
      return;
    }
    this.sink.write(frames);
    this.cursor = lastId;
  }

  private async catchUp(onLive: () => void): Promise<void> {
    while (this.sink.isOpen) {
      if (this.sink.unsent > this.slow.bytes) await this.sink.drained();
      // From here to `isLive` nothing may be awaited: a batch could come in between.
      if (this.cursor === this.replay.lastId) {
        this.isLive = true;
        onLive();
        return;
      }
      // A page at a time: what waits for a reader is bounded by one, or by what it had when it became slow.
      await this.sink.drained();
      if (this.leaveOut()) await this.next();
    }
  }

  /** Skips what is beyond the limit of a replay. False when the reader had to be closed for it. */
  private leaveOut(): boolean {
    const to = this.replay.lastId - this.replay.limit;
    if (this.cursor >= to) return true;
    if (!this.encoding.gap) {
      this.metrics.closed.inc({ cause: 'too_slow' });
      this.sink.closeTooSlow();
      return false;
    }
    this.sink.write(this.encoding.gap(this.cursor + 1, to));
    this.cursor = to;
    return true;
  }

  private async next(): Promise<void> {
    const { sink } = this;
    const wait = this.history.waitMs(sink.address);
    if (wait > 0) {
      await delay(Math.min(wait, RETRY_MS), undefined, { ref: false });
      return;
    }
    try {
      const page = await this.replay.page(this.encoding, this.cursor);
      this.history.charge(sink.address, page.frames.length);
      sink.write(page.frames);
      this.cursor = page.lastId;
    } catch {
      // `Replay` has said so, once for all.
      await delay(RETRY_MS, undefined, { ref: false });
    }
  }
}
