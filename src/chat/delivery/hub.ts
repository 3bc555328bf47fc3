import type { MessageChange } from '../../messages/feed/broadcast-changes';
import type { ChangeFeed } from '../../messages/feed/change-feed';
import type { MessageFeed } from '../../messages/feed/message-feed';
import type { Position } from '../../storage/position';
import type { StoredMessage } from '../../storage/stored-message';
import type { Encoding } from '../protocol/protocol';
import { type Sink, Subscription, type SubscriptionContext } from './subscription';

const NOTHING = Buffer.alloc(0);

/**
 * Delivers the feed of a channel to its readers: a batch is encoded once per encoding and costs each live reader one write. Must
 * not know where messages come from, who is present or what a client sent.
 */
export class Hub {
  private readonly subscriptions = new Set<Subscription>();
  private readonly beforeBatchListeners: (() => void)[] = [];

  constructor(
    private readonly feed: MessageFeed,
    private readonly changes: ChangeFeed,
    /** Shared by all subscriptions. */
    private readonly context: SubscriptionContext,
  ) {
    feed.subscribe((batch) => this.deliver(batch));
    changes.subscribe((batch) => this.deliverChanges(batch));
  }

  /** Adds a reader; it gets nothing until its subscription is started. */
  subscribe(sink: Sink, encoding: Encoding): Subscription {
    const subscription = new Subscription(sink, encoding, this.context);
    this.subscriptions.add(subscription);
    return subscription;
  }

  unsubscribe(subscription: Subscription): void {
    this.subscriptions.delete(subscription);
  }

  [Symbol.iterator](): Iterator<Subscription> {
    return this.subscriptions.values();
  }

  /** Calls the listener before each batch, for frames that must precede it. */
  beforeBatch(listener: () => void): void {
    this.beforeBatchListeners.push(listener);
  }

  /** The newest message delivered. */
  get lastId(): Position {
    return this.feed.lastId;
  }

  /** The newest change delivered. */
  get lastChange(): Position {
    return this.changes.lastId;
  }

  /** Resolves when the readers have everything stored before the call, or when the database does not answer. */
  async caughtUp(): Promise<void> {
    await this.feed.catchUp();
    await this.changes.catchUp();
  }

  private deliver(batch: readonly StoredMessage[]): void {
    for (const listener of this.beforeBatchListeners) listener();
    const lastId = batch.at(-1)!.id;
    this.share(
      batch.length,
      (encoding) => encoding.messages(batch, this.changes.lastId),
      (subscription, frames) => subscription.deliver(frames, lastId),
    );
  }

  private deliverChanges(batch: readonly MessageChange[]): void {
    const changed = batch.flatMap(({ state }) => state ?? []);
    this.context.replay.drop(changed.map(({ id }) => id));
    const lastChange = batch.at(-1)!.id;
    this.share(
      changed.length,
      (encoding) => (changed.length > 0 && encoding.changes?.(changed, this.feed.lastId)) || NOTHING,
      (subscription, frames) => subscription.deliverChanges(frames, lastChange),
    );
  }

  /** Sends each live reader its bytes, encoded once per encoding. */
  private share(
    count: number,
    encode: (encoding: Encoding) => Buffer,
    give: (subscription: Subscription, frames: Buffer) => void,
  ): void {
    const { metrics } = this.context;
    const encoded = new Map<Encoding, { frames: Buffer; readers: number }>();
    for (const subscription of this.subscriptions) {
      if (!subscription.isLive) continue;
      const { encoding } = subscription;
      let shared = encoded.get(encoding);
      if (!shared) encoded.set(encoding, (shared = { frames: encode(encoding), readers: 0 }));
      shared.readers++;
      give(subscription, shared.frames);
    }
    for (const [{ name }, { frames, readers }] of encoded) {
      if (frames.length === 0) continue;
      metrics.deliveries.inc({ encoding: name }, count * readers);
      metrics.deliveredBytes.inc({ encoding: name }, frames.length * readers);
    }
  }
}
