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
 * Bounds of the messages kept in memory for readers that are slightly behind: number, and UTF-16 units of text. More would
 * outlive V8's young generation under load, and each message would cost more than reading it again on demand.
 */
const RECENT_COUNT = 512;
const RECENT_LENGTH = 8 * 1024 * 1024;

/** Database reads of the message feed. */
export interface FeedSource extends RecoverySource<StoredMessage> {
  /** Messages after `after` up to `upTo`: the first of them whose texts fit into `maxBytes`, at least one. */
  between(after: Position, upTo: Position, maxBytes: number): Promise<readonly StoredMessage[]>;
}

/**
 * Every durable message of a channel exactly once, by id, without a gap, whichever replica stored it. Batches from the bus are
 * only a hint; missing messages are read from the database. Must not know who listens.
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
   * Starts after the newest stored message. Rejects when the database does not answer; may then be called again. A message stored
   * between reading the head and subscribing is not lost: the next batch or the first poll reveals the gap.
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

  /** Calls the listener with every batch from now on, synchronously and in order. Its exceptions are logged. */
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

  /** Like `inMemory`, from the database: the first of them whose texts fit into `maxBytes`, at least one. */
  stored(after: Position, upTo: Position, maxBytes: number): Promise<readonly StoredMessage[]> {
    return this.source.between(after, upTo, maxBytes);
  }

  /** Resolves when the listeners have everything any replica stored before the call; to false when the database does not answer. */
  catchUp(): Promise<boolean> {
    return this.bus.isShared ? this.recovery.catchUp() : Promise.resolve(true);
  }

  /** Notes that a message exists: it is read from the database unless it arrives in time. */
  expect(id: Position): void {
    this.sequencer.expect(id);
    this.recovery.received();
  }

  /** Replaces messages in memory by their state after a change. */
  replace(messages: readonly StoredMessage[]): void {
    this.recent.replace(messages);
  }

  private receive(batch: readonly StoredMessage[] | undefined, from: string | undefined): void {
    if (!batch) {
      this.recovery.received();
      void this.catchUp();
      return;
    }
    if (from !== undefined) checkBroadcast(batch);
    // Recovery waits for an own batch in flight, so the ids of one cannot have been delivered before.
    else if (this.bus.isShared && batch[0]!.id <= this.lastId) {
      this.historyLost(`the database has assigned the id ${batch[0]!.id} again`);
      return;
    }
    this.sequencer.receive(batch);
    this.recovery.received();
  }

  private emit(batch: readonly StoredMessage[]): void {
    this.recent.push(batch);
    this.listeners.call(batch);
  }

  private historyLost(cause: string): void {
    historyLost(this.metrics, cause, `message ${this.lastId}`);
  }
}
