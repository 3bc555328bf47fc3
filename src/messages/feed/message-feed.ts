import type { ClusterBus } from '../../cluster/cluster-bus';
import type { Clock } from '../../platform/lifecycle/clock';
import type { Metrics } from '../../platform/metrics/metrics';
import type { Position } from '../../storage/position';
import type { StoredMessage } from '../../storage/stored-message';
import type { InFlightAppend } from '../log/in-flight-append';
import { checkBroadcast, COMMITTED } from './broadcast-batch';
import { FeedListeners } from './feed-listeners';
import { FeedRecovery, type RecoverySource } from './feed-recovery';
import { type FeedListener, FeedSequencer } from './feed-sequencer';
import { historyLost } from './history-lost';
import { RecentMessages } from './recent-messages';

/**
 * What stays in memory for readers that are slightly behind: messages, and UTF-16 units of text. More would outlive V8's young
 * generation under load, and each message cost more than reading it again when it is needed.
 */
const RECENT_COUNT = 512;
const RECENT_LENGTH = 8 * 1024 * 1024;

/** What the feed reads from the database. */
export interface FeedSource extends RecoverySource<StoredMessage> {
  /** Messages behind `after`, up to `upTo`: the first of them whose texts fit into `maxBytes`, one at least. */
  between(after: Position, upTo: Position, maxBytes: number): Promise<readonly StoredMessage[]>;
}

/**
 * Every durable message of a channel exactly once, by id, without a gap, whichever replica stored it. What the bus brings is
 * only a hint; the database is asked for the rest. Must not know who listens.
 */
export class MessageFeed {
  private readonly listeners: FeedListeners<StoredMessage>;
  private readonly recent = new RecentMessages(RECENT_COUNT, RECENT_LENGTH);
  private readonly sequencer = new FeedSequencer<StoredMessage>((batch) => this.emit(batch));
  private readonly recovery: FeedRecovery<StoredMessage>;

  constructor(
    private readonly source: FeedSource,
    private readonly bus: ClusterBus,
    own: InFlightAppend,
    clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.listeners = new FeedListeners(metrics, clock);
    this.recovery = new FeedRecovery(this.sequencer, source, own, clock, metrics, (cause) => this.historyLost(cause));
  }

  /**
   * Begins after the newest message stored. Rejects, and may be called again, when the database does not answer. A message stored
   * between the two steps is not lost: the next batch or the first poll shows that it is missing.
   */
  async start(): Promise<void> {
    this.sequencer.begin(await this.source.head());
    this.bus.subscribe<readonly StoredMessage[]>(COMMITTED, (batch, from) => this.receive(batch, from));
    if (!this.bus.isShared) return;
    this.bus.onReturn(() => void this.catchUp());
    this.bus.onMeeting(() => void this.catchUp());
    this.recovery.start();
  }

  stop(): void {
    this.recovery.stop();
  }

  /** The listener gets every batch from now on, synchronously and in order. What it throws is logged. */
  subscribe(listener: FeedListener<StoredMessage>): void {
    this.listeners.add(listener);
  }

  /** The newest message delivered. */
  get lastId(): Position {
    return this.sequencer.position;
  }

  /** The messages with `after` < id ≤ `upTo` ≤ `lastId`; undefined unless all of them are still in memory. */
  inMemory(after: Position, upTo: Position): readonly StoredMessage[] | undefined {
    return this.recent.between(after, upTo);
  }

  /** The same from the database: the first of them whose texts fit into `maxBytes`, one at least. */
  stored(after: Position, upTo: Position, maxBytes: number): Promise<readonly StoredMessage[]> {
    return this.source.between(after, upTo, maxBytes);
  }

  /** Resolves when the listeners have everything any replica stored before the call; to false when the database does not answer. */
  catchUp(): Promise<boolean> {
    return this.bus.isShared ? this.recovery.catchUp() : Promise.resolve(true);
  }

  /** A message is said to exist: it is read from the database unless it comes in time. */
  expect(id: Position): void {
    this.sequencer.expect(id);
    this.recovery.heard();
  }

  /** Replaces messages in memory by their state after a change. */
  replace(messages: readonly StoredMessage[]): void {
    this.recent.replace(messages);
  }

  private receive(batch: readonly StoredMessage[] | undefined, from: string | undefined): void {
    if (!batch) {
      this.recovery.heard();
      void this.catchUp();
      return;
    }
    if (from !== undefined) checkBroadcast(batch);
    // A recovery that read an own batch waits until the batch was here, so its ids cannot have been delivered.
    else if (this.bus.isShared && batch[0]!.id <= this.lastId) {
      this.historyLost(`the database has given out the id ${batch[0]!.id} again`);
      return;
    }
    this.sequencer.receive(batch);
    this.recovery.heard();
  }

  private emit(batch: readonly StoredMessage[]): void {
    this.recent.push(batch);
    this.listeners.call(batch);
  }

  private historyLost(cause: string): void {
    historyLost(this.metrics, cause, `message ${this.lastId}`);
  }
}
