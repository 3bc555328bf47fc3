import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Between, MoreThan, Repository } from 'typeorm';
import { ClusterBus } from '../cluster/cluster-bus';
import { Metrics } from '../metrics/metrics';
import { Message, MessageHead } from './message.entity';
import { RecentMessages } from './recent-messages';
import type { StoredMessage } from './stored-message';

/** The bus topic on which batches are announced when they are durable. */
export const COMMITTED = 'messages.committed';

const PAGE = 500;

/** What is kept in memory for those who are behind: messages, and UTF-16 units of text. */
const RECENT_COUNT = 10_000;
const RECENT_LENGTH = 8 * 1024 * 1024;

export type FeedListener = (batch: readonly StoredMessage[]) => void;

/**
 * Every durable message exactly once, in the order of `id`, without a hole. What the bus brings is a hint: a batch that
 * is known is dropped, one that is missing is read from the database. It must not know who listens.
 */
@Injectable()
export class MessageFeed implements OnModuleInit {
  private readonly logger = new Logger('Feed');
  private readonly listeners: FeedListener[] = [];
  private readonly recent = new RecentMessages(RECENT_COUNT, RECENT_LENGTH);
  private target = 0;
  private filling = false;

  /** The id of the newest message that was given to the listeners. */
  lastId = 0;

  constructor(
    @InjectRepository(Message) private readonly messages: Repository<Message>,
    @InjectRepository(MessageHead) private readonly heads: Repository<MessageHead>,
    private readonly bus: ClusterBus,
    private readonly metrics: Metrics,
  ) {}

  async onModuleInit(): Promise<void> {
    this.lastId = (await this.heads.findOneByOrFail({ id: 1 })).lastId;
    this.bus.subscribe<readonly StoredMessage[]>(COMMITTED, (batch) => this.receive(batch));
  }

  subscribe(listener: FeedListener): void {
    this.listeners.push(listener);
  }

  /** The messages with `after` < id ≤ `upTo`, which must not be beyond `lastId`: from memory, else from the database. */
  async between(after: number, upTo: number): Promise<readonly StoredMessage[]> {
    const recent = this.recent.between(after, upTo);
    return recent ?? this.messages.find({ where: { id: Between(after + 1, upTo) }, order: { id: 'ASC' } });
  }

  private receive(batch: readonly StoredMessage[]): void {
    const news = batch.filter((message) => message.id > this.lastId);
    if (news.length === 0) return;
    if (!this.filling && news[0]!.id === this.lastId + 1) {
      this.emit(news);
      return;
    }
    this.target = Math.max(this.target, news.at(-1)!.id);
    void this.fill();
  }

  private async fill(): Promise<void> {
    if (this.filling) return;
    this.filling = true;
    try {
      while (this.lastId < this.target) {
        const page = await this.messages.find({
          where: { id: MoreThan(this.lastId) },
          order: { id: 'ASC' },
          take: PAGE,
        });
        if (page.length === 0) throw new Error(`message ${this.lastId + 1} was announced but is not in the database`);
        this.emit(page);
      }
    } catch (error) {
      this.metrics.faults.inc({ where: 'feed' });
      this.logger.error(`cannot read what follows message ${this.lastId}: ${String(error)}`);
    } finally {
      this.filling = false;
    }
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
