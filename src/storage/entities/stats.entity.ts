import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One row: sums over the messages up to the id in `messages`, which is also their number. */
@Entity('stats_totals')
export class TotalStats {
  @PrimaryColumn({ type: 'integer' })
  id: number;

  @Column({ type: 'integer' })
  messages: number;

  @Column({ type: 'integer' })
  users: number;

  /** Sum of the message lengths. */
  @Column({ name: 'code_points', type: 'integer' })
  codePoints: number;
}

/** One row per user name with messages. */
@Entity('stats_users')
@Index('ix_stats_users_rank', ['messages', 'username'])
export class UserStats {
  @PrimaryColumn({ type: 'varchar', length: 200, collation: 'C' })
  username: string;

  @Column({ type: 'integer' })
  messages: number;
}

/** One row per UTC day with messages. */
@Entity('stats_days')
export class DayStats {
  @PrimaryColumn({ type: 'varchar', length: 10, collation: 'C' })
  day: string;

  @Column({ type: 'integer' })
  messages: number;
}
