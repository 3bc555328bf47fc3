import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { FindOptionsWhere, LessThan, MoreThan, Repository } from 'typeorm';
import { AppError } from '../common/app-error';
import { storedTimestamp } from '../common/timestamps';
import { StatsService } from '../stats/stats.service';
import { Message } from './message.entity';
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
    private readonly stats: StatsService,
  ) {}

  /** @throws AppError when more than one of offset, after and before is given */
  async page({ limit = DEFAULT_LIMIT, offset, after, before }: PageQuery): Promise<PageResponse> {
    if ([offset, after, before].filter((start) => start !== undefined).length > 1)
      throw new AppError('cursor_and_offset');
    const start = offset ?? after ?? 0;
    const [total, rows] = await Promise.all([
      this.stats.totalMessages(),
      before === undefined ? this.following(start, limit) : this.newest({ id: LessThan(before) }, limit),
    ]);
    const skipped = before === undefined ? start : (rows[0]?.id ?? 1) - 1;
    return { messages: rows.map(toDto), total, limit, offset: skipped };
  }

  async recent({ limit = DEFAULT_LIMIT }: RecentQuery): Promise<RecentResponse> {
    const rows = await this.newest({}, limit);
    return { messages: rows.map(toDto), total: rows.length, limit };
  }

  async ofUser(username: string, { limit = DEFAULT_LIMIT, before }: UserQuery): Promise<UserResponse> {
    // Nobody can have such a name, and PostgreSQL cannot even be asked for it.
    if (username.includes('\0')) return { messages: [], username, total_messages: 0, limit };
    const where = before === undefined ? { username } : { username, id: LessThan(before) };
    const [rows, total] = await Promise.all([this.newest(where, limit), this.stats.messagesOf(username)]);
    return { messages: rows.map(toDto), username, total_messages: total, limit };
  }

  private following(id: number, limit: number): Promise<Message[]> {
    return this.messages.find({ where: { id: MoreThan(id) }, order: { id: 'ASC' }, take: limit });
  }

  private async newest(where: FindOptionsWhere<Message>, limit: number): Promise<Message[]> {
    return (await this.messages.find({ where, order: { id: 'DESC' }, take: limit })).reverse();
  }
}

function toDto({ id, username, message, createdAt }: Message): MessageDto {
  return { id, username, message, timestamp: storedTimestamp(createdAt) };
}
