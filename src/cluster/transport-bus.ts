import { Logger, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { CancelTimer, Clock } from '../platform/lifecycle/clock';
import { withDeadline } from '../platform/lifecycle/deadline';
import { SampledLog } from '../platform/logging/sampled-log';
import type { Metrics } from '../platform/metrics/metrics';
import type { ChatIdentity } from './chat-identity';
import { ClusterBus } from './cluster-bus';
import { INTRODUCTION, Introductions } from './introductions';
import { Outbox } from './outbox';
import { Seal, SEAL_LENGTH } from './seal';
import { type BusTransport, MAX_FRAME_LENGTH } from './transports/bus-transport';

/** Time for opening a transport or answering a ping, in milliseconds. */
const TIMEOUT_MS = 3_000;
const PING_INTERVAL_MS = 2_000;
/**
 * Time after the last frame of another replica during which others are assumed to listen, in milliseconds: heartbeats come every
 * 3 s.
 */
const COMPANY_MS = 15_000;
/** Delay between attempts to reconnect, doubled each time and jittered so that replicas do not reconnect at once. */
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2_000;

/**
 * The bus of many replicas, over a server that they share and others may write to. Owns the replacement of a lost transport, and
 * which frames are accepted: signed, from a replica that was met, and each once. Payloads published while the transport is lost
 * are dropped; while nothing arrives from other replicas, only introductions are sent.
 */
export class TransportBus extends ClusterBus implements OnModuleInit, OnApplicationShutdown {
  readonly isShared = true;
  private readonly logger = new Logger('Bus');
  private readonly refusals: SampledLog;
  private readonly faults: SampledLog;
  private readonly introductions: Introductions;
  private readonly ownHead = `["${this.replicaId}"`;
  private sequence = 0;
  private receivedAt = -Infinity;
  private seal: Seal | undefined;
  private transport: BusTransport | undefined;
  private outbox: Outbox | undefined;
  private retries = 0;
  private cancelRetry: CancelTimer | undefined;
  private cancelPing: CancelTimer | undefined;
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
    this.introductions = new Introductions(
      (introduction) => this.carry(INTRODUCTION, introduction),
      () => this.met(),
      clock,
    );
  }

  get isConnected(): boolean {
    return this.outbox !== undefined;
  }

  /** Resolves after the first attempt, even a failed one: the chat works without the bus, only slower. */
  async onModuleInit(): Promise<void> {
    this.metrics.gauge('chat_bus_connected', 'Whether other replicas can be reached', () => Number(this.isConnected));
    this.cancelPing = this.clock.every(PING_INTERVAL_MS, () => void this.ping());
    await this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.cancelRetry?.();
    this.cancelPing?.();
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
    // If the payload is too large, the others receive only the topic.
    if (text.length > MAX_FRAME_LENGTH - SEAL_LENGTH) text = JSON.stringify([this.replicaId, sequence, topic]);
    if (!this.outbox.put(this.seal.close(text))) this.metrics.busMessages.inc({ direction: 'dropped' });
  }

  private get isAlone(): boolean {
    return this.clock.monotonic() - this.receivedAt > COMPANY_MS;
  }

  private async connect(): Promise<void> {
    let transport: BusTransport | undefined;
    const onLost = (cause: Error) => this.lost(transport, cause);
    // Frames of an abandoned transport also arrive over its successor.
    const onFrame = (frame: string) => {
      if (this.transport === transport) this.receive(frame);
    };
    try {
      const chat = await withDeadline(this.identify(), TIMEOUT_MS, 'asking the database for the key');
      if (this.isStopped) return;
      this.seal = new Seal(chat.key);
      transport = this.transport = this.createTransport(chat);
      await withDeadline(transport.open({ onFrame, onLost }), TIMEOUT_MS, 'connecting');
    } catch (error) {
      onLost(error as Error);
      return;
    }
    if (this.transport !== transport) return;
    const onSent = (frames: number) => this.metrics.busMessages.inc({ direction: 'sent' }, frames);
    this.outbox = new Outbox(transport, onSent, onLost);
    // Another replica may be listening.
    this.receivedAt = this.clock.monotonic();
    this.introductions.request();
    if (this.retries === 0) return;
    this.retries = 0;
    this.logger.log(`the bus (${this.kind}) is back`);
    this.returned();
  }

  private lost(transport: BusTransport | undefined, cause: Error): void {
    if (this.transport !== transport || this.isStopped) return;
    this.metrics.busMessages.inc({ direction: 'dropped' }, this.outbox?.waiting ?? 0);
    this.drop();
    if (this.retries === 0) {
      this.metrics.busLosses.inc();
      this.logger.warn(
        `the bus (${this.kind}) is lost: ${cause.message || String(cause)}; messages of other replicas are delayed`,
      );
    }
    const wait = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.retries++) * (0.5 + Math.random() / 2);
    this.cancelRetry = this.clock.after(wait, () => void this.connect());
  }

  private drop(): void {
    const { transport } = this;
    this.transport = this.outbox = undefined;
    transport?.close();
  }

  /** A frozen server does not close its connections; only a missing answer shows it. */
  private async ping(): Promise<void> {
    const { transport } = this;
    if (!transport || !this.isConnected) return;
    // Two replicas may each believe themselves alone, for instance after both were suspended.
    if (this.isAlone) this.introductions.request();
    try {
      await withDeadline(transport.ping(), TIMEOUT_MS, 'a ping');
    } catch (error) {
      this.lost(transport, error as Error);
    }
  }

  private receive(frame: string): void {
    if (frame.startsWith(this.ownHead, SEAL_LENGTH)) return;
    // Before anything parses it: any client of the server can write arbitrary frames.
    const text = frame.length <= MAX_FRAME_LENGTH ? this.seal?.open(frame) : undefined;
    if (text === undefined) this.refuse('it is not signed with the key of this chat');
    else this.receiveSigned(text);
  }

  private receiveSigned(text: string): void {
    try {
      const [from, sequence, topic, payload] = JSON.parse(text) as [unknown, unknown, unknown, unknown];
      if (typeof from !== 'string' || !Number.isSafeInteger(sequence) || typeof topic !== 'string') {
        throw new TypeError('not a frame of the bus');
      }
      this.receivedAt = this.clock.monotonic();
      const standing =
        topic === INTRODUCTION
          ? this.introductions.receive(from, sequence as number, payload)
          : this.introductions.judge(from, sequence as number);
      if (standing === 'repeated') this.refuse('it was heard before');
      else this.metrics.busMessages.inc({ direction: standing === 'new' ? 'received' : 'unmet' });
      if (standing === 'new') this.deliver(topic, payload, from);
    } catch (error) {
      this.metrics.faults.inc({ where: 'bus' });
      // The message of a SyntaxError quotes the text, which may be a user's.
      const reason = error instanceof SyntaxError ? 'not JSON' : (error as Error).stack;
      this.faults.warn(`a message of another replica could not be handled: ${reason}`);
    }
  }

  private refuse(reason: string): void {
    this.metrics.busMessages.inc({ direction: 'refused' });
    this.refusals.warn(`a message on the bus was refused: ${reason} (chat_bus_messages_total)`);
  }
}
