import { Injectable, OnModuleInit } from '@nestjs/common';
import { HistoryRate } from '../../limits/history-rate';
import { Metrics } from '../../platform/metrics/metrics';
import { MessageFeed } from '../../messages/feed/message-feed';
import type { StoredMessage } from '../../storage/stored-message';
import type { Encoding } from '../protocol/encoding';
import { Replay } from './replay';
import { SlowReaderLimit } from './slow-reader-limit';
import { type Sink, Subscription } from './subscription';

/**
 * The way from the feed to its readers: a batch is encoded once per encoding and costs each live reader one write.
 * It must not know where messages come from, who is present or what a client sent.
 */
@Injectable()
export class Hub implements OnModuleInit {
  private readonly subscriptions = new Set<Subscription>();
  private readonly firstListeners: (() => void)[] = [];

  constructor(
    private readonly feed: MessageFeed,
    private readonly replay: Replay,
    private readonly slow: SlowReaderLimit,
    private readonly history: HistoryRate,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.feed.subscribe((batch) => this.deliver(batch));
  }

  /** A new reader; it gets nothing until it is started. */
  subscribe(sink: Sink, encoding: Encoding): Subscription {
    const subscription = new Subscription(sink, encoding, this.replay, this.slow, this.history, this.metrics);
    this.subscriptions.add(subscription);
    return subscription;
  }

  unsubscribe(subscription: Subscription): void {
    this.subscriptions.delete(subscription);
  }

  [Symbol.iterator](): Iterator<Subscription> {
    return this.subscriptions.values();
  }

  /** Called before each batch: what must reach the readers in front of it. */
  beforeBatch(listener: () => void): void {
    this.firstListeners.push(listener);
  }

  /** The newest message of all. */
  get lastId(): number {
    return this.feed.lastId;
  }

  /** Resolves when the readers were given what is stored by now, as far as the database answers. */
  async caughtUp(): Promise<void> {
    await this.feed.catchUp();
  }

  private deliver(batch: readonly StoredMessage[]): void {
    for (const listener of this.firstListeners) listener();
    const lastId = batch.at(-1)!.id;
    const encoded = new Map<Encoding, { frames: Buffer; readers: number }>();
    for (const subscription of this.subscriptions) {
      if (!subscription.isLive) continue;
      const { encoding } = subscription;
      let shared = encoded.get(encoding);
      if (!shared) encoded.set(encoding, (shared = { frames: encoding.messages(batch), readers: 0 }));
      shared.readers++;
      subscription.deliver(shared.frames, lastId);
    }
    for (const [{ name }, { frames, readers }] of encoded) {
      this.metrics.deliveries.inc({ encoding: name }, batch.length * readers);
      this.metrics.deliveredBytes.inc({ encoding: name }, frames.length * readers);
    }
  }
}
