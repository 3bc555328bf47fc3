import { Injectable, Logger, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ClusterBus } from '../../cluster/cluster-bus';
import { withDeadline } from '../../platform/lifecycle/deadline';
import { OutageLog } from '../../platform/logging/outage-log';
import { retryUntilAvailable } from '../../storage/postgres/retry';
import { Metrics } from '../../platform/metrics/metrics';
import { checkBroadcast } from './broadcast-batch';
import { InFlightAppend } from '../log/in-flight-append';
import { ReorderBuffer } from './reorder-buffer';
import { MessageHead } from '../../storage/entities/message.entity';
import { MessageReader } from '../message-reader';
import { RecentMessages } from './recent-messages';
import type { StoredMessage } from '../../storage/stored-message';

/** The bus topic on which batches are announced when they are durable. Another form of the payload needs another name. */
export const COMMITTED = 'messages.committed';

const PAGE = 500;

/**
 * What is kept in memory for those who are behind: messages, and UTF-16 units of text. More would outlive V8's young generation
 * when much is written, and each message cost more than to read it again when somebody needs it.
 */
const RECENT_COUNT = 512;
const RECENT_LENGTH = 8 * 1024 * 1024;
/** The same for what came before its turn. */
const EARLY_COUNT = 5_000;
const EARLY_LENGTH = 4 * 1024 * 1024;

/** How long what is missing may still come by itself: replicas' batches overtake each other on the bus. */
const HOLE_PATIENCE_MS = 50;
/** How often the database is asked whether the bus lost something, and asked again when it did not answer. */
const POLL_MS = 1_000;
/** How long the database may take to answer. */
const READ_PATIENCE_MS = 3_000;

export type FeedListener = (batch: readonly StoredMessage[]) => void;

/**
 * Every durable message exactly once, in the order of `id`, without a hole, whichever replica stored it. What the bus
 * brings is a hint: a batch that is known is dropped, one before its turn waits for it, and what is missing is read from
 * the database. It must not know who listens.
 */
@Injectable()
export class MessageFeed implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Feed');
  private readonly listeners: FeedListener[] = [];
  private readonly recent = new RecentMessages(RECENT_COUNT, RECENT_LENGTH);
  private readonly early = new ReorderBuffer(EARLY_COUNT, EARLY_LENGTH);
  /** The newest id that is known to exist. */
  private target = 0;
  private filling: Promise<void> | undefined;
  private asking: Promise<boolean> | undefined;
  private askingNext: Promise<boolean> | undefined;
  private fillTimer: NodeJS.Timeout | undefined;
  private pollTimer: NodeJS.Timeout | undefined;
  private hasHeard = false;
  private readonly outage = new OutageLog(this.logger);

  /** The id of the newest message that was given to the listeners. */
  lastId = 0;

  constructor(
    @InjectRepository(MessageHead) private readonly heads: Repository<MessageHead>,
    private readonly reader: MessageReader,
    private readonly bus: ClusterBus,
    private readonly own: InFlightAppend,
    private readonly metrics: Metrics,
  ) {}

  /** What is stored between the two steps is no loss: the next batch or the first poll shows that it is missing. */
  async onModuleInit(): Promise<void> {
    this.lastId = await retryUntilAvailable(() => this.head());
    this.bus.subscribe<readonly StoredMessage[]>(COMMITTED, (batch, from) => this.receive(batch, from));
    if (!this.bus.isShared) return;
    this.bus.onReturn(() => void this.catchUp());
    this.bus.onMeeting(() => void this.catchUp());
    this.pollTimer = setInterval(() => this.poll(), POLL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.pollTimer);
    clearTimeout(this.fillTimer);
  }

  subscribe(listener: FeedListener): void {
    this.listeners.push(listener);
  }

  /** The messages with `after` < id ≤ `upTo`, which must not be beyond `lastId`, where they are still in memory. */
  inMemory(after: number, upTo: number): readonly StoredMessage[] | undefined {
    return this.recent.between(after, upTo);
  }

  /** The same from the database: the first of them, as long as their texts fit; one at least. */
  async stored(after: number, upTo: number, maxBytes: number): Promise<readonly StoredMessage[]> {
    return (await this.reader.following(after, upTo - after, maxBytes)).rows;
  }

  /** Resolves when the listeners have what any replica had stored before the call; to false when the database does not answer. */
  catchUp(): Promise<boolean> {
    if (!this.bus.isShared) return Promise.resolve(true);
    if (!this.asking) return (this.asking = this.ask().finally(() => (this.asking = undefined)));
    // The answer under way may be older than this call; the next one is for all who ask until then.
    return (this.askingNext ??= this.asking.then(() => {
      this.askingNext = undefined;
      return this.catchUp();
    }));
  }

  private async ask(): Promise<boolean> {
    const given = this.lastId;
    let head = Infinity;
    try {
      head = await this.head();
      if (head < given) this.contradicted(`the newest message in the database is ${head}`);
      this.target = Math.max(this.target, head);
      this.recovered();
    } catch (error) {
      this.failed(error);
    }
    await this.fill();
    return this.lastId >= head;
  }

  private receive(batch: readonly StoredMessage[] | undefined, from: string | undefined): void {
    if (batch && from !== undefined) checkBroadcast(batch);
    this.hasHeard = true;
    if (!batch) {
      void this.catchUp();
      return;
    }
    const oldest = batch[0]!.id;
    // A fill that read an own batch waits until it was here, so its ids cannot have been given out.
    if (from === undefined && this.bus.isShared && oldest <= this.lastId) {
      this.contradicted(`the database has given out the id ${oldest} again`);
      return;
    }
    if (oldest === this.lastId + 1) {
      this.advance(batch);
      return;
    }
    const newest = batch.at(-1)!.id;
    if (newest <= this.lastId) return;
    this.target = Math.max(this.target, newest);
    this.early.put(batch);
    this.advance(this.early.takeAfter(this.lastId));
    if (this.lastId < this.target) this.fillTimer ??= setTimeout(() => void this.fill(), HOLE_PATIENCE_MS).unref();
  }

  /** Gives out what follows, and what waited for it. */
  private advance(batch: readonly StoredMessage[]): void {
    if (batch.length > 0) this.emit(batch);
    if (!this.early.isEmpty) {
      const next = this.early.takeAfter(this.lastId);
      if (next.length > 0) this.emit(next);
    }
    if (this.fillTimer && this.lastId >= this.target) {
      clearTimeout(this.fillTimer);
      this.fillTimer = undefined;
    }
  }

  private poll(): void {
    if (!this.hasHeard && !this.filling) void this.catchUp();
    this.hasHeard = false;
  }

  private async head(): Promise<number> {
    const head = await withDeadline(this.heads.findOneByOrFail({ id: 1 }), READ_PATIENCE_MS, 'reading the newest id');
    return head.lastId;
  }

  /** Reads what is missing; one at a time. */
  private fill(): Promise<void> {
    clearTimeout(this.fillTimer);
    this.fillTimer = undefined;
    return (this.filling ??= this.fillHole().finally(() => (this.filling = undefined)));
  }

  private async fillHole(): Promise<void> {
    try {
      while (this.lastId < this.target) {
        const page = await this.page(this.lastId);
        this.metrics.feedReads.inc();
        this.recovered();
        // The page may hold own messages whose senders are still to be told; they come by themselves, in their time.
        await this.own.settled();
        const news = page.filter(({ id }) => id > this.lastId);
        if (news.length > 0) this.advance(news);
        else if (page.length === 0) this.disbelieve();
      }
    } catch (error) {
      this.failed(error);
      this.fillTimer ??= setTimeout(() => void this.fill(), POLL_MS).unref();
    }
  }

  private async page(after: number): Promise<readonly StoredMessage[]> {
    const page = await withDeadline(this.reader.following(after, PAGE), READ_PATIENCE_MS, 'reading messages');
    return page.rows;
  }

  /** The database is the truth: what it does not have was not stored, whoever said so. */
  private disbelieve(): void {
    this.metrics.faults.inc({ where: 'feed' });
    this.logger.error(`message ${this.lastId + 1} was announced but is not in the database`);
    this.early.clear();
    this.target = this.lastId;
  }

  /**
   * The database lost what it had stored: another server took over that was behind, or a backup was restored. What is in
   * memory here is of another history, and new messages would be dropped as known. So: loudly out, whoever was asking;
   * clients resume on what the database has.
   */
  private contradicted(how: string): void {
    this.metrics.faults.inc({ where: 'feed' });
    const error = new Error(
      `the database lost messages: ${how}, but message ${this.lastId} was given out; the process ends, so that clients resume on what the database has`,
    );
    queueMicrotask(() => {
      throw error;
    });
  }

  private failed(error: unknown): void {
    this.metrics.faults.inc({ where: 'feed' });
    this.outage.failed(`cannot read what follows message ${this.lastId}: ${String(error)}`);
  }

  private recovered(): void {
    this.outage.recovered('the database can be read again');
  }

  private emit(batch: readonly StoredMessage[]): void {
    this.lastId = batch.at(-1)!.id;
    this.recent.push(batch);
    for (const listener of this.listeners) {
      try {
        listener(batch);
      } catch (error) {
        this.metrics.faults.inc({ where: 'feed' });
        this.logger.error(`a listener failed on messages up to ${this.lastId}`, (error as Error).stack);
      }
    }
  }
}
