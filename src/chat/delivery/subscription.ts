import type { AddressBudget } from '../../limits/address-budget';
import type { Backlog } from '../../limits/backlog-deadlines';
import type { HistoryRate } from '../../limits/history-rate';
import type { Clock } from '../../platform/lifecycle/clock';
import type { Metrics } from '../../platform/metrics/metrics';
import { next, ORIGIN, type Position } from '../../storage/position';
import type { Encoding } from '../protocol/protocol';
import type { ChangeReplay } from './change-replay';
import type { Page } from './page-cache';
import type { Replay } from './replay';
import type { SlowReaderLimit } from './slow-reader-limit';

/** Delay before retrying a failed read, and maximum wait for an exhausted budget, in milliseconds. */
const RETRY_MS = 1_000;

const READY = Promise.resolve();
const nothing = (): void => undefined;

/** Destination of a reader's bytes, and its backlog. */
export interface Sink extends Backlog {
  /** The client address charged for replayed bytes; undefined: not limited. */
  readonly address: AddressBudget | undefined;
  readonly isOpen: boolean;
  write(bytes: Buffer): void;
  /** Resolves when the backlog is below the high-water mark, or the sink is closed. */
  drained(): Promise<void>;
  /** Closes a reader that is too slow, or whose encoding cannot express a gap. */
  closeTooSlow(): void;
}

/** Start position of a reader: after a message and after a change; by default with the next ones. */
export interface Place {
  readonly after?: Position;
  readonly afterChange?: Position;
}

/** Services shared by the subscriptions of a channel. */
export interface SubscriptionContext {
  readonly replay: Replay;
  readonly changes: ChangeReplay;
  readonly slow: SlowReaderLimit;
  readonly history: HistoryRate;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/**
 * One reader of a channel, live or catching up from its cursor: each message once, in order, without a gap. Serves resumed
 * clients, slow readers and event streams alike. Keeps no unsent messages, only the cursor. Must not know sockets.
 */
export class Subscription {
  /** The newest message sent to this reader. */
  cursor: Position = ORIGIN;
  /** The newest change sent to this reader, or reflected in a message sent to it. */
  changeCursor: Position = ORIGIN;
  isLive = false;
  /** Was live, became too slow and is catching up: other readers are ahead of it. */
  isSlow = false;
  /** Resolves when the reader is live, or closed. */
  ready: Promise<void> = READY;

  constructor(
    readonly sink: Sink,
    readonly encoding: Encoding,
    private readonly context: SubscriptionContext,
  ) {}

  /**
   * Starts after the given message and change, by default with the next ones. Calls `onPlaced` when this replica knows everything
   * that the reader has seen, and `onLive` as soon as nothing is missing; live frames follow both.
   */
  start(after: Position | undefined, onPlaced = nothing, onLive = nothing, afterChange?: Position): void {
    const { replay, changes, metrics } = this.context;
    this.cursor = after ?? replay.lastId;
    this.changeCursor = afterChange ?? changes.lastId;
    if (this.cursor > replay.lastId || this.changeCursor > changes.lastId) {
      this.ready = this.startAhead(onPlaced, onLive);
      return;
    }
    onPlaced();
    if (this.hasAll) {
      this.isLive = true;
      onLive();
      return;
    }
    metrics.catchUps.inc({ reason: 'resumed' });
    this.ready = this.catchUp(onLive);
  }

  /**
   * The reader resumes from another replica and has seen messages that this one has yet to receive. Only the database can tell
   * whether its cursor is beyond the log; until the database answers, nothing is sent.
   */
  private async startAhead(onPlaced: () => void, onLive: () => void): Promise<void> {
    const { replay, changes, clock } = this.context;
    while (!(await replay.catchUp()) || !(await changes.catchUp())) {
      if (!this.sink.isOpen) return;
      await clock.delay(RETRY_MS);
    }
    if (!this.sink.isOpen) return;
    this.cursor = Math.min(this.cursor, replay.lastId);
    this.changeCursor = Math.min(this.changeCursor, changes.lastId);
    onPlaced();
    await this.catchUp(onLive);
  }

  /** Sends a new batch, encoded. Only for live readers; the others catch up from their cursor. */
  deliver(frames: Buffer, lastId: Position): void {
    if (this.isTooSlow()) return;
    this.sink.write(frames);
    this.cursor = lastId;
  }

  /** Sends new changes, encoded, or nothing where the encoding has none. Only for live readers, as `deliver`. */
  deliverChanges(frames: Buffer, lastChange: Position): void {
    if (frames.length > 0) {
      if (this.isTooSlow()) return;
      this.sink.write(frames);
    }
    this.changeCursor = lastChange;
  }

  private isTooSlow(): boolean {
    if (this.sink.unsent <= this.context.slow.bytes) return false;
    this.isLive = false;
    this.isSlow = true;
    this.context.metrics.catchUps.inc({ reason: 'slow' });
    this.ready = this.catchUp(nothing);
    return true;
  }

  private get hasAll(): boolean {
    const { replay, changes } = this.context;
    return this.cursor === replay.lastId && this.changeCursor === changes.lastId;
  }

  private async catchUp(onLive: () => void): Promise<void> {
    const { replay, changes, slow } = this.context;
    while (this.sink.isOpen) {
      if (this.sink.unsent > slow.bytes) await this.sink.drained();
      // Nothing may be awaited from here to `isLive`: a batch could come in between.
      if (!this.encoding.changes) this.changeCursor = changes.lastId;
      if (this.hasAll) {
        this.isLive = true;
        this.isSlow = false;
        onLive();
        return;
      }
      // One page at a time bounds the backlog: it exceeds the one at which the reader became slow by at most a page.
      await this.sink.drained();
      // Messages first, so that no change comes before its message.
      if (this.cursor === replay.lastId) await this.replayChanges();
      else if (this.leaveOut()) await this.replayMessages();
    }
  }

  /** Skips messages beyond the replay limit. False when the reader had to be closed instead. */
  private leaveOut(): boolean {
    const { replay, metrics } = this.context;
    const to = replay.lastId - replay.limit;
    if (this.cursor >= to) return true;
    if (!this.encoding.gap) {
      metrics.closed.inc({ cause: 'too_slow' });
      this.sink.closeTooSlow();
      return false;
    }
    this.sink.write(this.encoding.gap(next(this.cursor), to, this.changeCursor));
    this.cursor = to;
    return true;
  }

  private async replayMessages(): Promise<void> {
    const page = await this.pageOf(() => this.context.replay.page(this.encoding, this.cursor, this.changeCursor));
    if (page) this.cursor = page.lastId;
  }

  private async replayChanges(): Promise<void> {
    // All these changes are of messages up to the cursor.
    const page = await this.pageOf(() => this.context.changes.page(this.encoding, this.changeCursor, this.cursor));
    if (page) this.changeCursor = page.lastId;
  }

  /** Reads and sends a page, charged to the history rate; undefined after a wait, when the caller must retry. */
  private async pageOf(read: () => Promise<Page>): Promise<Page | undefined> {
    const { sink } = this;
    const { history, clock } = this.context;
    const wait = history.waitMs(sink.address);
    if (wait > 0) {
      await clock.delay(Math.min(wait, RETRY_MS));
      return undefined;
    }
    try {
      const page = await read();
      history.charge(sink.address, page.cost ?? page.frames.length);
      if (page.frames.length > 0) sink.write(page.frames);
      return page;
    } catch {
      // The replay has logged it, once for all readers.
      await clock.delay(RETRY_MS);
      return undefined;
    }
  }
}
