import { Logger } from '@nestjs/common';
import type { CancelTimer, Clock } from '../../platform/lifecycle/clock';
import { OutageLog } from '../../platform/logging/outage-log';
import { SampledLog } from '../../platform/logging/sampled-log';
import type { Metrics } from '../../platform/metrics/metrics';
import { next, type Position } from '../../storage/position';
import type { InFlightAppend } from '../log/in-flight-append';
import type { FeedSequencer } from './feed-sequencer';
import type { Sequenced } from './reorder-buffer';

/** Time for a gap to close by itself, in milliseconds: batches of different replicas overtake each other on the bus. */
const GAP_TIMEOUT_MS = 50;
/** Interval of polling the database for messages that the bus lost, and of retries after a failure, in milliseconds. */
const POLL_MS = 1_000;

/** Database reads of a feed. */
export interface RecoverySource<Item> {
  /** The newest stored item. Rejects when the database does not answer in time. */
  head(): Promise<Position>;
  /** The items after `after`, oldest first; empty at the end of the log. Rejects when the database does not answer in time. */
  page(after: Position): Promise<readonly Item[]>;
}

/**
 * Reads from the database the items that the bus lost: when a gap does not close, when the bus is silent for a second, and on
 * request. Owns the timing of the reads; must not know where batches come from or who listens.
 */
export class FeedRecovery<Item extends Sequenced> {
  private readonly outage = new OutageLog(new Logger('Feed'));
  private readonly faults: SampledLog;
  private filling: Promise<void> | undefined;
  private catchingUp: Promise<boolean> | undefined;
  private nextCatchUp: Promise<boolean> | undefined;
  private cancelFill: CancelTimer | undefined;
  private cancelPoll: CancelTimer | undefined;
  private hasReceived = false;

  constructor(
    private readonly sequencer: FeedSequencer<Item>,
    private readonly source: RecoverySource<Item>,
    private readonly own: InFlightAppend,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    /** Called when the database has less than was delivered. */
    private readonly onHistoryLost: (cause: string) => void,
    /** For the log. */
    private readonly item: 'message' | 'change' = 'message',
  ) {
    this.faults = new SampledLog(new Logger('Feed'), clock);
  }

  start(): void {
    this.cancelPoll = this.clock.every(POLL_MS, () => this.poll());
  }

  stop(): void {
    this.cancelPoll?.();
    this.cancelFill?.();
  }

  /** Called after input from the bus: an open gap is read from the database unless it closes in time. */
  received(): void {
    this.hasReceived = true;
    if (this.sequencer.isBehind) this.fillAfter(GAP_TIMEOUT_MS);
    else if (this.cancelFill) this.forgetTimer();
  }

  /** Resolves when everything stored before the call was delivered; to false when the database does not answer. */
  catchUp(): Promise<boolean> {
    if (!this.catchingUp) return (this.catchingUp = this.readToHead().finally(() => (this.catchingUp = undefined)));
    // The read in flight may predate this call; all calls until it ends share the next one.
    return (this.nextCatchUp ??= this.catchingUp.then(() => {
      this.nextCatchUp = undefined;
      return this.catchUp();
    }));
  }

  private async readToHead(): Promise<boolean> {
    const delivered = this.sequencer.position;
    let head = Infinity;
    try {
      head = await this.source.head();
      if (head < delivered) this.onHistoryLost(`the newest ${this.item} in the database is ${head}`);
      this.sequencer.expect(head);
      this.recovered();
    } catch (error) {
      this.failed(error);
    }
    await this.fill();
    return this.sequencer.position >= head;
  }

  private poll(): void {
    if (!this.hasReceived && !this.filling) void this.catchUp();
    this.hasReceived = false;
  }

  /** One read at a time. */
  private fill(): Promise<void> {
    this.forgetTimer();
    return (this.filling ??= this.fillGap().finally(() => (this.filling = undefined)));
  }

  private async fillGap(): Promise<void> {
    const { sequencer } = this;
    try {
      while (sequencer.isBehind) {
        const page = await this.source.page(sequencer.position);
        this.metrics.feedReads.inc();
        this.recovered();
        // The page may contain own messages that are not acknowledged yet; their batch in flight delivers them.
        await this.own.settled();
        if (!sequencer.fill(page)) this.disbelieved();
      }
      this.forgetTimer();
    } catch (error) {
      this.failed(error);
      this.fillAfter(POLL_MS);
    }
  }

  private fillAfter(ms: number): void {
    this.cancelFill ??= this.clock.after(ms, () => void this.fill());
  }

  private forgetTimer(): void {
    this.cancelFill?.();
    this.cancelFill = undefined;
  }

  /** The database is authoritative: an item missing from it was not stored, even if it was broadcast. */
  private disbelieved(): void {
    this.metrics.faults.inc({ where: 'feed' });
    this.faults.error(
      `${this.item} ${next(this.sequencer.position)} was broadcast but is not in the database`,
      undefined,
    );
  }

  private failed(error: unknown): void {
    this.metrics.faults.inc({ where: 'feed' });
    this.outage.failed(`cannot read what follows ${this.item} ${this.sequencer.position}: ${String(error)}`);
  }

  private recovered(): void {
    this.outage.recovered('the database can be read again');
  }
}
