import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Clock } from '../common/clock';
import { utcDay } from '../common/timestamps';
import type { StatsResponse } from './stats.dto';
import { DayStats, TotalStats, UserStats } from './stats.entity';

/** Reads the counters; every answer costs a few rows, however many messages are stored. */
@Injectable()
export class StatsService {
  constructor(
    @InjectRepository(TotalStats) private readonly totals: Repository<TotalStats>,
    @InjectRepository(UserStats) private readonly users: Repository<UserStats>,
    @InjectRepository(DayStats) private readonly days: Repository<DayStats>,
    private readonly clock: Clock,
  ) {}

  async overview(): Promise<StatsResponse> {
    const [totals, first, today] = await Promise.all([
      this.totals.findOneByOrFail({ id: 1 }),
      this.mostActive(),
      this.days.findOneBy({ day: utcDay(this.clock.now()) }),
    ]);
    return {
      total_messages: totals.messages,
      total_users: totals.users,
      most_active_user: first ? { username: first.username, message_count: first.messages } : null,
      messages_today: today?.messages ?? 0,
      average_message_length: totals.messages ? Math.round((totals.codePoints / totals.messages) * 10) / 10 : 0,
    };
  }

  /** Stored messages. */
  async totalMessages(): Promise<number> {
    return (await this.totals.findOneByOrFail({ id: 1 })).messages;
  }

  /** Stored messages of one user, by the exact name. */
  async messagesOf(username: string): Promise<number> {
    return (await this.users.findOneBy({ username }))?.messages ?? 0;
  }

  /** Two seeks: one for the highest count, one for the first name that has it. A sort by both would read every tie. */
  private async mostActive(): Promise<UserStats | undefined> {
    const [highest] = await this.users.find({ order: { messages: 'DESC' }, take: 1 });
    if (!highest) return undefined;
    return (await this.users.find({ where: { messages: highest.messages }, order: { username: 'ASC' }, take: 1 }))[0];
  }
}
