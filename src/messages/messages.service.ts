import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FindOptionsWhere, LessThan, MoreThan, Repository } from 'typeorm';
import { AppError } from '../common/app-error';
import { storedTimestamp } from '../common/timestamps';
import { namesMeant } from '../common/username';
import { StatsService } from '../stats/stats.service';
import { Message, MessageHead } from './message.entity';
import type {
  MessageDto,
  PageQuery,
  PageResponse,
  RecentQuery,
  RecentResponse,
  UserQuery,
  UserResponse,
} from './messages.dto';

const DEFAULT_LIMIT = 50;

/**
 * The lists. As ids are contiguous from 1, an offset is a seek (`id > offset`), and no list costs more in a large store
 * than in a small one.
 */
@Injectable()
export class MessagesService {
  constructor(
    @InjectRepository(Message) private readonly messages: Repository<Message>,
    @InjectRepository(MessageHead) private readonly heads: Repository<MessageHead>,
    private readonly stats: StatsService,
  ) {}

  /** @throws AppError when more than one of offset, after and before is given */
  async page({ limit = DEFAULT_LIMIT, offset, after, before }: PageQuery): Promise<PageResponse> {
    if ([offset, after, before].filter((start) => start !== undefined).length > 1)
      throw new AppError('cursor_and_offset');
    const start = offset ?? after ?? 0;
    const [total, rows] = await Promise.all([
      this.total(),
      before === undefined ? this.following(start, limit) : this.newest({ id: LessThan(before) }, limit),
    ]);
    const skipped = before === undefined ? start : (rows[0]?.id ?? 1) - 1;
    return { messages: rows.map(toDto), total, limit, offset: skipped };
  }

  async recent({ limit = DEFAULT_LIMIT }: RecentQuery): Promise<RecentResponse> {
    const rows = await this.newest({}, limit);
    return { messages: rows.map(toDto), total: rows.length, limit };
  }

  async ofUser(given: string, { limit = DEFAULT_LIMIT, before }: UserQuery): Promise<UserResponse> {
    let answer: UserResponse = { messages: [], username: given, total_messages: 0, limit };
    for (const username of namesMeant(given)) {
      if (answer.total_messages > 0) break;
      const [rows, total] = await Promise.all([
        this.newestOf(username, limit, before ?? Number.MAX_SAFE_INTEGER),
        this.stats.messagesOf(username),
      ]);
      answer = { messages: rows.map(toDto), username, total_messages: total, limit };
    }
    return answer;
  }

  /** Stored messages: the last id, as ids are contiguous from 1. */
  async total(): Promise<number> {
    return (await this.heads.findOneByOrFail({ id: 1 })).lastId;
  }

  private following(id: number, limit: number): Promise<Message[]> {
    return this.messages.find({ where: { id: MoreThan(id) }, order: { id: 'ASC' }, take: limit });
  }

  /** The user index covers all but the last messages (see `UserMessage`); those are looked through. */
  private async newestOf(username: string, limit: number, before: number): Promise<Message[]> {
    const rows = await this.messages
      .createQueryBuilder('m')
      .where(
        `m.id IN (
          SELECT id FROM (
            SELECT id FROM (
              SELECT id FROM user_messages WHERE username = :username AND id < :before ORDER BY id DESC LIMIT :limit
            ) AS covered
            UNION ALL
            SELECT id FROM (
              SELECT id FROM messages
              WHERE id > (SELECT messages FROM stats_totals) AND id < :before AND username = :username
              ORDER BY id DESC LIMIT :limit
            ) AS recent
            ORDER BY id DESC LIMIT :limit
          ) AS newest
        )`,
        { username, before, limit },
      )
      .orderBy('m.id', 'DESC')
      .limit(limit)
      .getMany();
    return rows.reverse();
  }

  private async newest(where: FindOptionsWhere<Message>, limit: number): Promise<Message[]> {
    return (await this.messages.find({ where, order: { id: 'DESC' }, take: limit })).reverse();
  }
}

function toDto({ id, username, message, createdAt }: Message): MessageDto {
  return { id, username, message, timestamp: storedTimestamp(createdAt) };
}
