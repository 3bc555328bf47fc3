import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { MigrationInterface } from 'typeorm';
import { Author, AuthorKey, OwnedName } from './entities/author.entity';
import { Change, ChatEpoch } from './entities/change.entity';
import { Message, MessageHead, UserMessage } from './entities/message.entity';
import { ModerationLogEntry, Sanction } from './entities/moderation.entity';
import { DayStats, TotalStats, UserStats } from './entities/stats.entity';

type Migration = new () => MigrationInterface;

const FOLDER = join(__dirname, 'migrations');

/** The tables other than messages and their counters; `move` copies them row by row. */
export const ACCOMPANYING = [Author, OwnedName, AuthorKey, Change, ChatEpoch, Sanction, ModerationLogEntry] as const;

/** Entities and migrations, the same for all kinds of databases. */
export const SCHEMA = {
  entities: [Message, MessageHead, UserMessage, TotalStats, UserStats, DayStats, ...ACCOMPANYING],
  migrations: migrationsOf(FOLDER),
  migrationsTransactionMode: 'each',
  synchronize: false,
} as const;

/**
 * Every class that a file of the folder exports; TypeORM sorts them by the time in their names. Not a glob for TypeORM: it would
 * find nothing below a path with brackets.
 */
function migrationsOf(folder: string): readonly Migration[] {
  const load = createRequire(__filename);
  const files = readdirSync(folder).filter((name) => /(?<!\.d)\.[jt]s$/.test(name));
  return files.flatMap((name) => Object.values(load(join(folder, name)) as Record<string, Migration>));
}
