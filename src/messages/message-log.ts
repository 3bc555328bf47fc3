import { Injectable, Logger, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { ClusterBus } from '../cluster/cluster-bus';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Drain } from '../common/drain';
import { Metrics } from '../metrics/metrics';
import { AppendUnderWay } from './append-under-way';
import { COMMITTED } from './message-feed';
import { MessageWriter, WriteRefused } from './message-writer';
import type { Appended, NewMessage, Receipt, StoredMessage } from './stored-message';

/** Messages that may wait for the disk; more are refused. */
const MAX_QUEUED = 10_000;
/** UTF-16 units of text that may wait: what bounds the memory when messages are long. */
const MAX_QUEUED_LENGTH = 16 * 1024 * 1024;
const MAX_BATCH = 1_000;
const PROBE_INTERVAL_MS = 1_000;

interface Entry {
  readonly message: NewMessage;
  readonly onDurable: (receipt: Receipt) => void;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: AppError) => void;
}

/**
 * The one place where messages become durable. Owns the group commit: what arrives while a batch is being written
 * becomes the next batch. It must not know who writes or who reads; it says what is committed on the bus.
 */
@Injectable()
export class MessageLog implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Log');
  private queue: Entry[] = [];
  private queuedLength = 0;
  private running: Promise<void> | undefined;
  private probeTimer: NodeJS.Timeout | undefined;

  /** Why the last write failed, in words for operators; cleared by the next one that succeeds. */
  trouble: string | undefined;

  constructor(
    private readonly writer: MessageWriter,
    private readonly bus: ClusterBus,
    private readonly underWay: AppendUnderWay,
    private readonly clock: Clock,
    private readonly drain: Drain,
    private readonly metrics: Metrics,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.writer.start();
    this.metrics.gauge('chat_append_queue_messages', 'Messages that wait for the disk', () => this.queue.length);
  }

  /**
   * Takes a message in, in the order of the calls, and resolves once it is durable and given to this replica's readers.
   * `onDurable` is called in between: when the message is durable and before any reader has it.
   * @throws AppError at once when nothing can be taken in, so that nothing is half accepted
   */
  append(draft: Omit<NewMessage, 'createdAt'>, onDurable: Entry['onDurable'] = () => undefined): Promise<Receipt> {
    if (this.drain.active) throw new AppError('draining');
    if (this.queue.length >= MAX_QUEUED || this.queuedLength >= MAX_QUEUED_LENGTH) throw new AppError('queue_full');
    return new Promise((resolve, reject) => {
      this.queue.push({ message: { ...draft, createdAt: this.clock.now() }, onDurable, resolve, reject });
      this.queuedLength += draft.message.length;
      this.running ??= this.run();
    });
  }

  /** Whether so much waits for the disk that new work should go elsewhere. */
  get overloaded(): boolean {
    return this.queue.length >= MAX_QUEUED * 0.8 || this.queuedLength >= MAX_QUEUED_LENGTH * 0.8;
  }

  /** Resolves when everything taken in so far is answered. */
  async flushed(): Promise<void> {
    while (this.running) await this.running;
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.probeTimer);
    await this.flushed();
    await this.writer.stop();
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      await everyoneHeard();
      const batch = this.queue.splice(0, MAX_BATCH);
      for (const { message } of batch) this.queuedLength -= message.message.length;
      await this.write(batch);
    }
    this.running = undefined;
  }

  private async write(batch: readonly Entry[]): Promise<void> {
    this.underWay.begin();
    try {
      const begun = this.clock.monotonic();
      const appended = await this.writer.append(batch.map((entry) => entry.message));
      this.metrics.commitSeconds.observe((this.clock.monotonic() - begun) / 1000);
      this.metrics.batchSize.observe(batch.length);
      this.recovered();
      this.publish(batch, appended);
    } catch (error) {
      if (!(error instanceof WriteRefused)) throw error;
      this.failed(error);
      this.metrics.messages.inc({ result: 'failed' }, batch.length);
      for (const entry of batch) entry.reject(new AppError('write_failed'));
    } finally {
      this.underWay.end();
    }
  }

  /** The order of the promise: who sent a message hears that it is durable, then everyone reads it. */
  private publish(batch: readonly Entry[], { firstId, repeats }: Appended): void {
    const known = new Map(repeats.map((repeat) => [repeat.index, repeat]));
    const added: StoredMessage[] = [];
    const receipts = batch.map((entry, i): Receipt => {
      const repeat = known.get(i);
      if (repeat) return { id: repeat.id, createdAt: repeat.createdAt };
      const id = firstId + added.length;
      added.push({ id, ...entry.message });
      return { id, createdAt: entry.message.createdAt };
    });
    batch.forEach((entry, i) => entry.onDurable(receipts[i]!));
    this.metrics.messages.inc({ result: 'stored' }, added.length);
    this.metrics.messages.inc({ result: 'repeated' }, repeats.length);
    if (added.length > 0) this.bus.publish(COMMITTED, added);
    batch.forEach((entry, i) => entry.resolve(receipts[i]!));
  }

  private failed(error: WriteRefused): void {
    if (this.trouble !== error.trouble) this.logger.error(`the database cannot be written: ${error.message}`);
    this.trouble = error.trouble;
    this.metrics.faults.inc({ where: 'writer' });
    this.probeTimer ??= setTimeout(() => void this.probe(), PROBE_INTERVAL_MS);
  }

  private recovered(): void {
    if (!this.trouble) return;
    this.trouble = undefined;
    this.logger.log('the database can be written again');
  }

  /** While nobody writes (a server that is not ready gets no traffic), only this finds out that the disk is back. */
  private async probe(): Promise<void> {
    this.probeTimer = undefined;
    if (!this.trouble || this.running) return;
    this.running = this.writer.probe().then(
      () => this.recovered(),
      (error: unknown) => this.failed(error as WriteRefused),
    );
    await this.running;
    this.running = undefined;
    if (this.queue.length > 0) this.running = this.run();
  }
}

/**
 * Two rounds of the event loop. The first ends the one under way; in the second the sockets are asked for what the readers
 * of the last batch answered to it. It costs microseconds, and senders that wait for their own message stay in one batch
 * instead of falling into two halves that take turns.
 */
async function everyoneHeard(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}
