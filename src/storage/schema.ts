import { Message, MessageHead, UserMessage } from './entities/message.entity';
import { DayStats, TotalStats, UserStats } from './entities/stats.entity';
import { CreateChat1764000000000 } from './migrations/1764000000000-create-chat';
import { AddClientId1764100000000 } from './migrations/1764100000000-add-client-id';
import { AddUserMessages1764200000000 } from './migrations/1764200000000-add-user-messages';
import { HeadIsNewestMessage1764300000000 } from './migrations/1764300000000-head-is-newest-message';
import { AddClientHash1764400000000 } from './migrations/1764400000000-add-client-hash';
import { AddClusterSecret1764500000000 } from './migrations/1764500000000-add-cluster-secret';

/** Entities and migrations, the same for all kinds of databases. */
export const SCHEMA = {
  entities: [Message, MessageHead, UserMessage, TotalStats, UserStats, DayStats],
  migrations: [
    CreateChat1764000000000,
    AddClientId1764100000000,
    AddUserMessages1764200000000,
    HeadIsNewestMessage1764300000000,
    AddClientHash1764400000000,
    AddClusterSecret1764500000000,
  ],
  migrationsTransactionMode: 'each',
  synchronize: false,
} as const;
