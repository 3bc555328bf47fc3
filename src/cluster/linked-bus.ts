import { Logger, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { withDeadline } from '../common/deadline';
import type { Metrics } from '../metrics/metrics';
import { type BusLink, MAX_FRAME_LENGTH } from './bus-link';
import { ClusterBus } from './cluster-bus';
import { Outbox } from './outbox';

/** How long opening a link or an answer to a ping may take, and how often it is asked, in milliseconds. */
const PATIENCE_MS = 3_000;
const PING_INTERVAL_MS = 2_000;
/** Between attempts to reconnect: doubled each time, and spread at random so that replicas do not come all at once. */
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;

/**
 * The bus of many replicas, over a link to a server that they share. Owns the link's replacement when it is lost, and
 * what is a message of this replica's own that comes back. While the link is lost, what would be sent is dropped.
 */
export class LinkedBus extends ClusterBus implements OnModuleInit, OnApplicationShutdown {
  readonly isShared = true;
  private readonly logger = new Logger('Bus');
  private link: BusLink | undefined;
  private outbox: Outbox | undefined;
  private retries = 0;
  private retryTimer: NodeJS.Timeout | undefined;
  private pingTimer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    readonly kind: 'postgres' | 'redis',
    private readonly makeLink: () => BusLink,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  get isConnected(): boolean {
    return this.outbox !== undefined;
  }

  /** Resolves after the first attempt. The chat works without the bus, only slower: that it fails stops no start. */
  async onModuleInit(): Promise<void> {
    this.metrics.gauge('chat_bus_connected', 'Whether other replicas can be reached', () => Number(this.isConnected));
    this.pingTimer = setInterval(() => void this.ping(), PING_INTERVAL_MS).unref();
    await this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.retryTimer);
    clearInterval(this.pingTimer);
    await this.outbox?.flushed();
    this.drop();
  }

  protected carry(topic: string, payload: unknown): void {
    if (!this.outbox) {
      this.metrics.busMessages.inc({ direction: 'dropped' });
      return;
    }
    let frame = JSON.stringify([this.replicaId, topic, payload]);
    // Of a larger one the others get only the topic.
    if (frame.length > MAX_FRAME_LENGTH) frame = JSON.stringify([this.replicaId, topic]);
    if (!this.outbox.put(frame)) this.metrics.busMessages.inc({ direction: 'dropped' });
  }

  private async connect(): Promise<void> {
    const link = (this.link = this.makeLink());
    const onLost = (cause: Error) => this.lost(link, cause);
    // What a link still says that was given up comes over its successor, too.
    const onFrame = (frame: string) => {
      if (this.link === link) this.receive(frame);
    };
    try {
      await withDeadline(link.open({ onFrame, onLost }), PATIENCE_MS, 'connecting');
    } catch (error) {
      onLost(error as Error);
      return;
    }
    if (this.link !== link) return;
    const onSent = (frames: number) => this.metrics.busMessages.inc({ direction: 'sent' }, frames);
    this.outbox = new Outbox(link, onSent, onLost);
    if (this.retries === 0) return;
    this.retries = 0;
    this.logger.log(`the bus (${this.kind}) is back`);
    this.returned();
  }

  private lost(link: BusLink, cause: Error): void {
    if (this.link !== link || this.isStopped) return;
    this.metrics.busMessages.inc({ direction: 'dropped' }, this.outbox?.waiting ?? 0);
    this.drop();
    if (this.retries === 0) {
      this.metrics.busLosses.inc();
      this.logger.warn(
        `the bus (${this.kind}) is lost: ${cause.message || String(cause)}; messages of others come later`,
      );
    }
    const wait = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.retries++) * (0.5 + Math.random() / 2);
    this.retryTimer = setTimeout(() => void this.connect(), wait).unref();
  }

  private drop(): void {
    const { link } = this;
    this.link = this.outbox = undefined;
    link?.close();
  }

  /** A link whose other end is frozen says nothing by itself. */
  private async ping(): Promise<void> {
    const { link } = this;
    if (!link || !this.isConnected) return;
    await withDeadline(link.ping(), PATIENCE_MS, 'a ping').catch((error: unknown) => this.lost(link, error as Error));
  }

  private receive(frame: string): void {
    if (frame.startsWith(`["${this.replicaId}"`)) return;
    try {
      const [from, topic, payload] = JSON.parse(frame) as [unknown, unknown, unknown];
      if (typeof from !== 'string' || typeof topic !== 'string') throw new TypeError('it is no frame of the bus');
      this.metrics.busMessages.inc({ direction: 'received' });
      this.deliver(topic, payload, from);
    } catch (error) {
      this.metrics.faults.inc({ where: 'bus' });
      // The text of a failed parse quotes what was parsed.
      const reason = error instanceof SyntaxError ? 'it is no JSON' : (error as Error).stack;
      this.logger.error(`a message of another replica could not be taken: ${reason}`);
    }
  }
}
