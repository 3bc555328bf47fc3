import { Injectable, Logger, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { ClusterBus } from '../../cluster/cluster-bus';
import { AppError } from '../../platform/errors/app-error';
import { type CancelTimer, Clock } from '../../platform/lifecycle/clock';
import { Drain } from '../../platform/lifecycle/drain';
import { Metrics } from '../../platform/metrics/metrics';
import { InFlightAppend } from './in-flight-append';
import { COMMITTED } from '../feed/broadcast-batch';
import { MessageWriter, WriteRefused } from '../../storage/message-writer';
import type { Appended, NewMessage, PendingMessage, StoredMessage } from '../../storage/stored-message';

/** Maximum messages waiting to be written; further ones are refused. */
const MAX_QUEUED = 10_000;
/** The same in UTF-16 units of text, which bounds the memory when messages are long. */
const MAX_QUEUED_LENGTH = 16 * 1024 * 1024;
/** Maximum messages per batch, and UTF-16 units of text; a single longer message is a batch of its own. */
const MAX_BATCH = 1_000;
const MAX_BATCH_LENGTH = 512 * 1024;
const PROBE_INTERVAL_MS = 1_000;
/** Minimum interval between log lines about different causes of the same outage, in milliseconds. */
const OUTAGE_LOG_INTERVAL_MS = 10_000;

/** Receives the outcome of one message: `onCommitted`, then `onDelivered`; or `onRejected`. */
export interface AppendListener {
  /** The message is durable, and no reader has it yet. A repeat has the id and time of the first. */
  onCommitted(message: StoredMessage): void;
  /** The batch was passed to this replica's readers. */
  onDelivered(): void;
  /** The message was not stored. */
  onRejected(message: NewMessage, error: AppError): void;
}

interface Entry {
  readonly message: PendingMessage;
  readonly listener: AppendListener;
}

/**
 * The only path by which messages become durable. Owns the group commit: messages that arrive while a batch is being written
 * form the next one. Publishes committed batches on the bus. Must not know senders or readers.
 */
@Injectable()
export class MessageLog implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Log');
  private queue: Entry[] = [];
  private queuedLength = 0;
  private running: Promise<void> | undefined;
  private cancelProbe: CancelTimer | undefined;
  private outageLoggedAt = 0;

  /** Cause of the last write's failure, for operators; cleared by the next write that succeeds. */
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
   * Queues a message, which belongs to the log from then on. Messages are stored in the order of the calls; the listener receives
   * the outcome.
   * @throws AppError `draining` or `queue_full`; the listener is not called then
   */
  append(message: PendingMessage, listener: AppendListener): void {
    if (this.drain.active) throw new AppError('draining');
    if (this.queue.length >= MAX_QUEUED || this.queuedLength >= MAX_QUEUED_LENGTH) throw new AppError('queue_full');
    message.createdAt = this.clock.now();
    this.queue.push({ message, listener });
    this.queuedLength += message.message.length;
    this.running ??= this.run();
  }

  /** Whether the queue is nearly full, so that new clients should go to another replica. */
  get overloaded(): boolean {
    return this.queue.length >= MAX_QUEUED * 0.8 || this.queuedLength >= MAX_QUEUED_LENGTH * 0.8;
  }

  /** Resolves when the queue is empty, with the outcome of each message reported. */
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
      await twoTurns();
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

  /** Tells the senders that their messages are durable before any reader receives them. */
  private publish(batch: readonly Entry[], { firstId, repeats, taken = [] }: Appended): void {
    const added: StoredMessage[] = [];
    let nextRepeat = 0;
    let nextTaken = 0;
    // First: a rejection must not come between an acknowledgement and its message, nor behind later messages of its sender.
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
      // Not a copy: recent messages stay in memory, and the garbage collector would move each one twice.
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
    // During an outage, two causes can alternate with every batch.
    if (!this.lastError || (this.lastError !== error.reason && now - this.outageLoggedAt > OUTAGE_LOG_INTERVAL_MS)) {
      this.logger.error(`the database cannot be written: ${error.message}`);
      this.outageLoggedAt = now;
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

  /** Detects the end of an outage without messages: a server that is not ready gets no traffic. */
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
 * Resolves after two turns of the event loop: the first ends the current one, the second reads the replies to the last batch
 * from the sockets. This takes microseconds, and keeps clients that wait for their own message in one batch; without it they
 * split into two batches that alternate.
 */
async function twoTurns(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}
