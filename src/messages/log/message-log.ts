import { Injectable, Logger, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { ClusterBus } from '../../cluster/cluster-bus';
import { AppError } from '../../platform/errors/app-error';
import { type CancelTimer, Clock } from '../../platform/lifecycle/clock';
import { Drain } from '../../platform/lifecycle/drain';
import { Metrics } from '../../platform/metrics/metrics';
import { InFlightAppend } from './in-flight-append';
import type { ChangeRequest } from '../../storage/message-change';
import { MessageWriter, WriteRefused } from '../../storage/message-writer';
import type { PendingMessage } from '../../storage/stored-message';
import type { AppendEntry, AppendListener, ChangeEntry, ChangeListener } from './listeners';
import { type Batch, Outcomes } from './outcomes';

/** Maximum messages waiting to be written; further ones are refused. */
const MAX_QUEUED = 10_000;
/** The same in UTF-16 units of text, which bounds the memory when messages are long. */
const MAX_QUEUED_LENGTH = 16 * 1024 * 1024;
/** Maximum messages per batch, and UTF-16 units of text; a single longer message is a batch by itself. */
const MAX_BATCH = 1_000;
const MAX_BATCH_LENGTH = 512 * 1024;
/** Maximum changes per batch: each reads and writes several rows. */
const MAX_CHANGES = 100;
/**
 * Minimum interval between batches with changes, in milliseconds, unless one is full: each costs every reader a write. The first
 * change after a pause does not wait.
 */
const CHANGES_INTERVAL_MS = 20;
const PROBE_INTERVAL_MS = 1_000;
/** Minimum interval between log lines about different causes of the same outage, in milliseconds. */
const OUTAGE_LOG_INTERVAL_MS = 10_000;

/**
 * The only path by which messages become durable. Owns the group commit: messages that arrive while a batch is being written
 * form the next one. Publishes committed batches on the bus. Must not know senders or readers.
 */
@Injectable()
export class MessageLog implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Log');
  private readonly outcomes: Outcomes;
  private queue: AppendEntry[] = [];
  private changes: ChangeEntry[] = [];
  private queuedLength = 0;
  private changedAt = -Infinity;
  /** Ends the wait for the next batch of changes early. */
  private wake: (() => void) | undefined;
  private running: Promise<void> | undefined;
  private cancelProbe: CancelTimer | undefined;
  private outageLoggedAt = 0;

  /** Cause of the last write's failure, for operators; cleared by the next write that succeeds. */
  lastError: string | undefined;

  constructor(
    private readonly writer: MessageWriter,
    bus: ClusterBus,
    private readonly inFlight: InFlightAppend,
    private readonly clock: Clock,
    private readonly drain: Drain,
    private readonly metrics: Metrics,
  ) {
    this.outcomes = new Outcomes(bus, metrics);
  }

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
    this.wake?.();
    this.running ??= this.run();
  }

  /**
   * Queues a change, which belongs to the log from then on; the listener receives the outcome.
   * @throws AppError `draining` or `queue_full`; the listener is not called then
   */
  change(request: ChangeRequest, listener: ChangeListener): void {
    if (this.drain.active) throw new AppError('draining');
    const length = request.text?.length ?? 0;
    if (this.changes.length >= MAX_QUEUED || this.queuedLength + length > MAX_QUEUED_LENGTH) {
      throw new AppError('queue_full');
    }
    request.at = this.clock.now();
    this.changes.push({ request, listener });
    this.queuedLength += length;
    if (this.changes.length >= MAX_CHANGES) this.wake?.();
    this.running ??= this.run();
  }

  /** Whether the queue is nearly full, so that new clients should go to another replica. */
  get overloaded(): boolean {
    const queued = Math.max(this.queue.length, this.changes.length);
    return queued >= MAX_QUEUED * 0.8 || this.queuedLength >= MAX_QUEUED_LENGTH * 0.8;
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
    while (this.queue.length > 0 || this.changes.length > 0) {
      if (this.queue.length === 0 && this.changesWaitMs > 0) await this.untilAwake(this.changesWaitMs);
      await twoTurns();
      const batch = { appends: this.nextAppends(), changes: this.nextChanges() };
      // A timer may be a little early.
      if (batch.appends.length > 0 || batch.changes.length > 0) await this.write(batch);
    }
    this.running = undefined;
  }

  private nextAppends(): readonly AppendEntry[] {
    let count = 0;
    let length = 0;
    while (count < this.queue.length && count < MAX_BATCH) {
      length += this.queue[count]!.message.message.length;
      if (length > MAX_BATCH_LENGTH && count > 0) break;
      this.queuedLength -= this.queue[count++]!.message.message.length;
    }
    return this.queue.splice(0, count);
  }

  /** Milliseconds until the queued changes may be written; meaningless without any. */
  private get changesWaitMs(): number {
    if (this.changes.length >= MAX_CHANGES) return 0;
    return this.changedAt + CHANGES_INTERVAL_MS - this.clock.monotonic();
  }

  /** Resolves after this time, or when there is more to write. */
  private async untilAwake(ms: number): Promise<void> {
    let cancel: CancelTimer | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      cancel = this.clock.after(ms, resolve);
    });
    cancel?.();
    this.wake = undefined;
  }

  private nextChanges(): readonly ChangeEntry[] {
    if (this.changes.length === 0 || this.changesWaitMs > 0) return [];
    this.changedAt = this.clock.monotonic();
    const batch = this.changes.splice(0, MAX_CHANGES);
    for (const { request } of batch) this.queuedLength -= request.text?.length ?? 0;
    return batch;
  }

  private async write(batch: Batch): Promise<void> {
    const { appends, changes } = batch;
    this.inFlight.begin();
    try {
      const begun = this.clock.monotonic();
      const messages = appends.map(({ message }) => message);
      const appended =
        changes.length === 0
          ? await this.writer.append(messages)
          : await this.writer.append(
              messages,
              changes.map(({ request }) => request),
            );
      this.metrics.commitSeconds.observe((this.clock.monotonic() - begun) / 1000);
      this.metrics.batchSize.observe(appends.length + changes.length);
      this.recovered();
      this.outcomes.written(batch, appended);
    } catch (error) {
      if (!(error instanceof WriteRefused)) throw error;
      this.failed(error);
      this.outcomes.refused(batch);
    } finally {
      this.inFlight.end();
    }
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
    if (this.queue.length > 0 || this.changes.length > 0) this.running = this.run();
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
