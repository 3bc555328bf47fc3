import { Injectable, Logger, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { ClusterBus } from '../../cluster/cluster-bus';
import { AppError } from '../../platform/errors/app-error';
import { type CancelTimer, Clock } from '../../platform/lifecycle/clock';
import { Drain } from '../../platform/lifecycle/drain';
import { Metrics } from '../../platform/metrics/metrics';
import { InFlightAppend } from './in-flight-append';
import { COMMITTED } from '../feed/broadcast-batch';
import { MessageWriter, WriteRefused } from '../../storage/message-writer';
import type { Appended, NewMessage, StoredMessage } from '../../storage/stored-message';

/** Messages that may wait for the disk; more are refused. */
const MAX_QUEUED = 10_000;
/** UTF-16 units of text that may wait: what bounds the memory when messages are long. */
const MAX_QUEUED_LENGTH = 16 * 1024 * 1024;
/** Messages in a batch, at most, and UTF-16 units of text; a single longer message is a batch of its own. */
const MAX_BATCH = 1_000;
const MAX_BATCH_LENGTH = 512 * 1024;
const PROBE_INTERVAL_MS = 1_000;
/** A further cause of the same failure is logged that often at most. */
const COMPLAINT_INTERVAL_MS = 10_000;

/** Who said something, and is told what became of it: `onCommitted`, then `onDelivered`; or `onRejected`. */
export interface AppendListener {
  /** It is on disk, and no reader has it yet. A repeat comes as what was stored the first time. */
  onCommitted(message: StoredMessage): void;
  /** The batch was given to this replica's readers. */
  onDelivered(): void;
  /** It was not stored. */
  onRejected(message: NewMessage, error: AppError): void;
}

interface Entry {
  /** Its id is 0 until it is durable. */
  readonly message: NewMessage & { id: number };
  readonly listener: AppendListener;
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
  private cancelProbe: CancelTimer | undefined;
  private complainedAt = 0;

  /** Why the last write failed, in words for operators; cleared by the next one that succeeds. */
  lastError: string | undefined;

  constructor(
    private readonly writer: MessageWriter,
    private readonly bus: ClusterBus,
    private readonly underWay: InFlightAppend,
    private readonly clock: Clock,
    private readonly drain: Drain,
    private readonly metrics: Metrics,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.writer.start();
    this.metrics.gauge('chat_append_queue_messages', 'Messages that wait for the disk', () => this.queue.length);
  }

  /**
   * Takes a message in, in the order of the calls; its listener hears what becomes of it.
   * @throws AppError at once when nothing can be taken in, so that nothing is half accepted
   */
  append({ username, message, clientId }: Omit<NewMessage, 'createdAt'>, listener: AppendListener): void {
    if (this.drain.active) throw new AppError('draining');
    if (this.queue.length >= MAX_QUEUED || this.queuedLength >= MAX_QUEUED_LENGTH) throw new AppError('queue_full');
    this.queue.push({ message: { id: 0, username, message, createdAt: this.clock.now(), clientId }, listener });
    this.queuedLength += message.length;
    this.running ??= this.run();
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
    this.cancelProbe?.();
    await this.flushed();
    await this.writer.stop();
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      await everyoneHeard();
      await this.write(this.nextBatch());
    }
    this.running = undefined;
  }

  private nextBatch(): readonly Entry[] {
    let count = 0;
    let length = 0;
    while (count < this.queue.length && count < MAX_BATCH) {
      length += this.queue[count]!.message.message.length;
      if (length > MAX_BATCH_LENGTH && count > 0) break;
      this.queuedLength -= this.queue[count++]!.message.message.length;
    }
    return this.queue.splice(0, count);
  }

  private async write(batch: readonly Entry[]): Promise<void> {
    this.underWay.begin();
    try {
      const begun = this.clock.monotonic();
      const appended = await this.writer.append(batch.map(({ message }) => message));
      this.metrics.commitSeconds.observe((this.clock.monotonic() - begun) / 1000);
      this.metrics.batchSize.observe(batch.length);
      this.recovered();
      this.publish(batch, appended);
    } catch (error) {
      if (!(error instanceof WriteRefused)) throw error;
      this.failed(error);
      this.metrics.messages.inc({ result: 'failed' }, batch.length);
      for (const { message, listener } of batch) listener.onRejected(message, new AppError('write_failed'));
    } finally {
      this.underWay.end();
    }
  }

  /** The order of the promise: who sent a message hears that it is durable, then everyone reads it. */
  private publish(batch: readonly Entry[], { firstId, repeats, taken = [] }: Appended): void {
    const added: StoredMessage[] = [];
    let nextRepeat = 0;
    let nextTaken = 0;
    // First, so that nothing comes between an acknowledgement and its message, nor after the messages sent later.
    for (const index of taken)
      batch[index]!.listener.onRejected(batch[index]!.message, new AppError('client_id_taken'));
    if (taken.length > 0) this.metrics.messages.inc({ result: 'client_id_taken' }, taken.length);
    for (const [index, { message, listener }] of batch.entries()) {
      if (taken[nextTaken] === index) {
        nextTaken++;
        continue;
      }
      const repeat = repeats[nextRepeat]?.index === index ? repeats[nextRepeat++] : undefined;
      if (repeat) {
        listener.onCommitted({ ...message, id: repeat.id, createdAt: repeat.createdAt });
        continue;
      }
      // Not a copy: the newest messages stay in memory, and every one would be moved twice.
      message.id = firstId + added.length;
      added.push(message);
      listener.onCommitted(message);
    }
    if (added.length > 0) {
      this.metrics.messages.inc({ result: 'stored' }, added.length);
      this.bus.publish(COMMITTED, added);
    }
    if (repeats.length > 0) this.metrics.messages.inc({ result: 'repeated' }, repeats.length);
    for (const { listener } of batch) listener.onDelivered();
  }

  private failed(error: WriteRefused): void {
    const now = this.clock.monotonic();
    // During an outage two causes can take turns with every batch.
    if (!this.lastError || (this.lastError !== error.reason && now - this.complainedAt > COMPLAINT_INTERVAL_MS)) {
      this.logger.error(`the database cannot be written: ${error.message}`);
      this.complainedAt = now;
    }
    this.lastError = error.reason;
    this.metrics.faults.inc({ where: 'writer' });
    this.cancelProbe ??= this.clock.after(PROBE_INTERVAL_MS, () => void this.probe());
  }

  private recovered(): void {
    if (!this.lastError) return;
    this.lastError = undefined;
    this.logger.log('the database can be written again');
  }

  /** While nobody writes (a server that is not ready gets no traffic), only this finds out that the disk is back. */
  private async probe(): Promise<void> {
    this.cancelProbe = undefined;
    if (!this.lastError || this.running) return;
    this.running = this.writer.probe().then(
      () => this.recovered(),
      (error: unknown) => {
        if (!(error instanceof WriteRefused)) throw error;
        this.failed(error);
      },
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
