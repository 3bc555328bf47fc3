import type { ClusterBus } from '../../cluster/cluster-bus';
import type { Clock } from '../../platform/lifecycle/clock';
import type { Metrics } from '../../platform/metrics/metrics';
import { ORIGIN, type Position } from '../../storage/position';
import type { ChangedMessage } from '../../storage/message-change';
import type { InFlightAppend } from '../log/in-flight-append';
import { changesOf, CHANGED, type MessageChange } from './broadcast-changes';
import { FeedListeners } from './feed-listeners';
import { FeedRecovery, type RecoverySource } from './feed-recovery';
import { type FeedListener, FeedSequencer } from './feed-sequencer';
import { historyLost } from './history-lost';
import type { MessageFeed } from './message-feed';

/** Maximum changes held until their messages are delivered; beyond it, they are read from the database again. */
const MAX_HELD = 5_000;
/** Minimum charge for a change that is read, in bytes: even a superseded one takes as long as a short text. */
export const COST_OF_CHANGE = 32;

/** The changes of a range that were not superseded, each with its message's current state. */
export interface ChangeStretch {
  readonly states: readonly ChangedMessage[];
  /** The end of the range, inclusive. */
  readonly upTo: Position;
}

/** Database reads of the change feed. */
export interface ChangeSource extends RecoverySource<MessageChange> {
  /** The range after `after` up to `upTo`, or as much of it as one read covers, at least one change. */
  between(after: Position, upTo: Position): Promise<ChangeStretch>;
}

/**
 * Every durable change of a message exactly once, in order and without a gap, and never before the message itself. A change that
 * was superseded before it was read comes without a state. Must not know who listens.
 */
export class ChangeFeed {
  private readonly listeners: FeedListeners<MessageChange>;
  private readonly sequencer = new FeedSequencer<MessageChange>((batch) => this.hold(batch));
  private readonly recovery: FeedRecovery<MessageChange>;
  /** Changes in order whose messages are not delivered yet. */
  private held: MessageChange[] = [];
  private delivered: Position = ORIGIN;

  constructor(
    private readonly messages: MessageFeed,
    private readonly source: ChangeSource,
    private readonly bus: ClusterBus,
    own: InFlightAppend,
    clock: Clock,
    metrics: Metrics,
  ) {
    this.listeners = new FeedListeners(metrics, clock);
    const afterMessages: RecoverySource<MessageChange> = {
      head: () => source.head(),
      page: async (after) => {
        await messages.catchUp();
        return source.page(after);
      },
    };
    const onLost = (cause: string) => historyLost(metrics, cause, `change ${this.delivered}`);
    this.recovery = new FeedRecovery(this.sequencer, afterMessages, own, clock, metrics, onLost, 'change');
  }

  /** The newest stored change. Must be read before the message feed starts: changes up to it are reflected in the messages. */
  head(): Promise<Position> {
    return this.source.head();
  }

  /** Starts after a change, once the message feed has started and its other listeners are subscribed. */
  start(after: Position): void {
    this.delivered = after;
    this.sequencer.begin(after);
    this.messages.subscribe(() => this.release());
    this.bus.subscribe<readonly ChangedMessage[]>(CHANGED, (batch, from) => this.receive(batch, from));
    if (!this.bus.isShared) return;
    this.bus.onReturn(() => void this.catchUp());
    this.bus.onMeeting(() => void this.catchUp());
    this.recovery.start();
  }

  stop(): void {
    this.recovery.stop();
  }

  /** Calls the listener with every batch from now on, synchronously and in order. Its exceptions are logged. */
  subscribe(listener: FeedListener<MessageChange>): void {
    this.listeners.add(listener);
  }

  /** The newest change delivered. */
  get lastId(): Position {
    return this.delivered;
  }

  /** The changes with `after` < id ≤ `upTo` ≤ `lastId`, or the first range of them. */
  stored(after: Position, upTo: Position): Promise<ChangeStretch> {
    return this.source.between(after, upTo);
  }

  /** Resolves when the listeners have every change stored before the call; to false when the database does not answer. */
  catchUp(): Promise<boolean> {
    return this.bus.isShared ? this.recovery.catchUp() : Promise.resolve(true);
  }

  private receive(batch: readonly ChangedMessage[] | undefined, from: string | undefined): void {
    if (!batch) {
      this.recovery.received();
      void this.catchUp();
      return;
    }
    this.sequencer.receive(changesOf(batch, from !== undefined));
    this.recovery.received();
  }

  private hold(batch: readonly MessageChange[]): void {
    if (this.held.length + batch.length > MAX_HELD) {
      this.held = [];
      this.sequencer.begin(this.delivered);
      this.sequencer.expect(batch.at(-1)!.id);
      return;
    }
    this.held.push(...batch);
    this.release();
  }

  /** Delivers the changes whose messages are delivered. */
  private release(): void {
    if (this.held.length === 0) return;
    const early = this.held.findIndex(({ state }) => state && state.id > this.messages.lastId);
    if (early !== -1) this.messages.expect(this.held[early]!.state!.id);
    const batch = this.held.splice(0, early === -1 ? this.held.length : early);
    if (batch.length === 0) return;
    this.delivered = batch.at(-1)!.id;
    this.messages.replace(batch.flatMap(({ state }) => state ?? []));
    this.listeners.call(batch);
  }
}
