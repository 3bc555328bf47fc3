import { Message, MessageHead } from '../messages/message.entity';
import { DayStats, TotalStats, UserStats } from '../stats/stats.entity';
import { CreateChat1764000000000 } from './migrations/1764000000000-create-chat';
import { AddClientId1764100000000 } from './migrations/1764100000000-add-client-id';

/** What every database of this program holds, and how it came to be; the same on SQLite and on PostgreSQL. */
export const SCHEMA = {
  entities: [Message, MessageHead, TotalStats, UserStats, DayStats],
  migrations: [CreateChat1764000000000, AddClientId1764100000000],
  migrationsTransactionMode: 'each',
  synchronize: false,
} as const;
