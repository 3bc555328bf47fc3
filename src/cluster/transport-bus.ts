import { Logger, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { withDeadline } from '../platform/lifecycle/deadline';
import type { Clock } from '../platform/lifecycle/clock';
import { SampledLog } from '../platform/logging/sampled-log';
import type { Metrics } from '../platform/metrics/metrics';
import { type BusTransport, MAX_FRAME_LENGTH } from './transports/bus-transport';
import type { ChatIdentity } from './chat-identity';
import { ClusterBus } from './cluster-bus';
import { INTRODUCTION, Introductions } from './introductions';
import { Outbox } from './outbox';
import { Seal, SEAL_LENGTH } from './seal';

/** How long opening a link or an answer to a ping may take, and how often it is asked, in milliseconds. */
const PATIENCE_MS = 3_000;
const PING_INTERVAL_MS = 2_000;
/** How long after a word of another replica there is somebody to talk to, in milliseconds: they say something every 3 s. */
const COMPANY_MS = 15_000;
/** Between attempts to reconnect: doubled each time, and spread at random so that replicas do not come all at once. */
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;

/**
 * The bus of many replicas, over a link to a server that they share, and to which others may write as well. Owns the link's
 * replacement when it is lost, and what is believed of what comes: frames that are signed, of replicas that were met, each
 * once. While the link is lost, what would be sent is dropped. While nobody else is heard there is nothing to send but the question who is there:
 * who comes asks first, and catches up.
 */
export class TransportBus extends ClusterBus implements OnModuleInit, OnApplicationShutdown {
  readonly isShared = true;
  private readonly logger = new Logger('Bus');
  private readonly refusals: SampledLog;
  private readonly faults: SampledLog;
  private readonly introductions = new Introductions(
    (introduction) => this.carry(INTRODUCTION, introduction),
    () => this.met(),
  );
  private readonly ownHead = `["${this.replicaId}"`;
  private sequence = 0;
  private heardAt = -Infinity;
  private seal: Seal | undefined;
  private link: BusTransport | undefined;
  private outbox: Outbox | undefined;
  private retries = 0;
  private retryTimer: NodeJS.Timeout | undefined;
  private pingTimer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    readonly kind: 'postgres' | 'redis',
    private readonly identify: () => Promise<ChatIdentity>,
    private readonly createTransport: (chat: ChatIdentity) => BusTransport,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {
    super();
    this.refusals = new SampledLog(this.logger, clock);
    this.faults = new SampledLog(this.logger, clock);
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
    this.introductions.stop();
    await this.outbox?.flushed();
    this.drop();
  }

  protected carry(topic: string, payload: unknown): void {
    if (!this.outbox || !this.seal) {
      this.metrics.busMessages.inc({ direction: 'dropped' });
      return;
    }
    if (topic !== INTRODUCTION && this.isAlone) return;
    const sequence = ++this.sequence;
    let text = JSON.stringify([this.replicaId, sequence, topic, payload]);
    // Of a larger one the others get only the topic.
    if (text.length > MAX_FRAME_LENGTH - SEAL_LENGTH) text = JSON.stringify([this.replicaId, sequence, topic]);
    if (!this.outbox.put(this.seal.close(text))) this.metrics.busMessages.inc({ direction: 'dropped' });
  }

  private get isAlone(): boolean {
    return this.clock.monotonic() - this.heardAt > COMPANY_MS;
  }

  private async connect(): Promise<void> {
    let link: BusTransport | undefined;
    const onLost = (cause: Error) => this.lost(link, cause);
    // What a link still says that was given up comes over its successor, too.
    const onFrame = (frame: string) => {
      if (this.link === link) this.receive(frame);
    };
    try {
      const chat = await withDeadline(this.identify(), PATIENCE_MS, 'asking the database for the key');
      if (this.isStopped) return;
      this.seal = new Seal(chat.key);
      link = this.link = this.createTransport(chat);
      await withDeadline(link.open({ onFrame, onLost }), PATIENCE_MS, 'connecting');
    } catch (error) {
      onLost(error as Error);
      return;
    }
    if (this.link !== link) return;
    const onSent = (frames: number) => this.metrics.busMessages.inc({ direction: 'sent' }, frames);
    this.outbox = new Outbox(link, onSent, onLost);
    // Somebody may be there.
    this.heardAt = this.clock.monotonic();
    this.introductions.ask();
    if (this.retries === 0) return;
    this.retries = 0;
    this.logger.log(`the bus (${this.kind}) is back`);
    this.returned();
  }

  private lost(link: BusTransport | undefined, cause: Error): void {
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
    // Others may believe the same of themselves, after a freeze of both, say.
    if (this.isAlone) this.introductions.ask();
    await withDeadline(link.ping(), PATIENCE_MS, 'a ping').catch((error: unknown) => this.lost(link, error as Error));
  }

  private receive(frame: string): void {
    if (frame.startsWith(this.ownHead, SEAL_LENGTH)) return;
    // Before anything looks into it: whoever is connected to the server can write whatever they like.
    const text = frame.length <= MAX_FRAME_LENGTH ? this.seal?.open(frame) : undefined;
    if (text === undefined) this.refuse('it is not signed with the key of this chat');
    else this.take(text);
  }

  private take(text: string): void {
    try {
      const [from, sequence, topic, payload] = JSON.parse(text) as [unknown, unknown, unknown, unknown];
      if (typeof from !== 'string' || !Number.isSafeInteger(sequence) || typeof topic !== 'string') {
        throw new TypeError('it is no frame of the bus');
      }
      this.heardAt = this.clock.monotonic();
      const standing =
        topic === INTRODUCTION
          ? this.introductions.take(from, sequence as number, payload)
          : this.introductions.judge(from, sequence as number);
      if (standing === 'repeated') this.refuse('it was heard before');
      else this.metrics.busMessages.inc({ direction: standing === 'new' ? 'received' : 'unmet' });
      if (standing === 'new') this.deliver(topic, payload, from);
    } catch (error) {
      this.metrics.faults.inc({ where: 'bus' });
      // The text of a failed parse quotes what was parsed.
      const reason = error instanceof SyntaxError ? 'it is no JSON' : (error as Error).stack;
      this.faults.warn(`a message of another replica could not be taken: ${reason}`);
    }
  }

  private refuse(reason: string): void {
    this.metrics.busMessages.inc({ direction: 'refused' });
    this.refusals.warn(`a message on the bus was refused: ${reason} (chat_bus_messages_total)`);
  }
}
