import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Clock } from '../platform/lifecycle/clock';
import { utcDay } from '../platform/text/timestamps';
import type { StatsResponse } from './stats.dto';
import { TotalStats, UserStats } from '../storage/entities/stats.entity';

const DAY_MS = 86_400_000;

/** The row of `overviewOf`; PostgreSQL's driver returns sums as text. */
interface Overview {
  readonly messages: number | string;
  readonly users: number | string;
  readonly code_points: number | string;
  readonly today: number | string;
  readonly leader: string | null;
  readonly leader_messages: number | string | null;
}

/**
 * Reads the counters. They cover the messages up to the id in `stats_totals.messages`; the same statement, and so the same
 * snapshot, counts the newer ones. Reads few rows however many messages are stored. Must not know how counters catch up.
 */
@Injectable()
export class StatsService {
  constructor(
    @InjectRepository(TotalStats) private readonly totals: Repository<TotalStats>,
    @InjectRepository(UserStats) private readonly users: Repository<UserStats>,
    private readonly clock: Clock,
  ) {}

  async overview(): Promise<StatsResponse> {
    const [row] = await this.totals.query<Overview[]>(overviewOf(this.clock.now()));
    const messages = Number(row!.messages);
    return {
      total_messages: messages,
      total_users: Number(row!.users),
      most_active_user:
        row!.leader === null ? null : { username: row!.leader, message_count: Number(row!.leader_messages) },
      messages_today: Number(row!.today),
      average_message_length: messages ? Math.round((Number(row!.code_points) / messages) * 10) / 10 : 0,
    };
  }

  /** The number of stored messages of a user, by the exact name. */
  async messagesOf(username: string): Promise<number> {
    const row = await this.users.manager
      .createQueryBuilder()
      .select('count(*)', 'recent')
      .addSelect('(SELECT u.messages FROM stats_users u WHERE u.username = :username)', 'covered')
      .from('messages', 'm')
      .where('m.id > (SELECT t.messages FROM stats_totals t) AND m.username = :username', { username })
      .getRawOne<{ recent: number | string; covered: number | string | null }>();
    return Number(row!.recent) + Number(row!.covered);
  }
}

/**
 * The leader is either the one of the covered messages or an author of newer ones. Two seeks find the former: the highest count,
 * then the first name with it. A sort by both would read all ties.
 */
function overviewOf(now: number): string {
  const day = utcDay(now);
  const midnight = Date.parse(day);
  return `
    WITH totals AS (SELECT messages, users, code_points FROM stats_totals),
    recent AS (
      SELECT username, count(*) AS messages, sum(length(message)) AS code_points,
        sum(CASE WHEN created_at >= ${midnight} AND created_at < ${midnight + DAY_MS} THEN 1 ELSE 0 END) AS today
      FROM messages WHERE id > (SELECT messages FROM totals) GROUP BY username
    ),
    leader AS (
      SELECT username, messages FROM (
        SELECT username, messages FROM stats_users WHERE messages = (SELECT max(messages) FROM stats_users)
        ORDER BY username LIMIT 1
      ) AS covered
      UNION ALL
      SELECT recent.username, recent.messages + coalesce(stats_users.messages, 0)
      FROM recent LEFT JOIN stats_users ON stats_users.username = recent.username
      ORDER BY 2 DESC, 1 LIMIT 1
    )
    SELECT
      messages + coalesce((SELECT sum(messages) FROM recent), 0) AS messages,
      users + (SELECT count(*) FROM recent
        WHERE NOT EXISTS (SELECT 1 FROM stats_users WHERE stats_users.username = recent.username)) AS users,
      code_points + coalesce((SELECT sum(code_points) FROM recent), 0) AS code_points,
      coalesce((SELECT messages FROM stats_days WHERE day = '${day}'), 0)
        + coalesce((SELECT sum(today) FROM recent), 0) AS today,
      (SELECT username FROM leader) AS leader,
      (SELECT messages FROM leader) AS leader_messages
    FROM totals`;
}
