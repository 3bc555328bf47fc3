import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { DataSource, In, LessThanOrEqual, MoreThan, Repository } from 'typeorm';
import { OwnedName } from '../storage/entities/author.entity';
import { ModerationLogEntry, Sanction, type SanctionKind } from '../storage/entities/moderation.entity';
import { WRITABLE } from '../storage/storage';

/** Rows per page when loading all sanctions. */
const PAGE = 1_000;

/** Retention of expired rows, in milliseconds: the system clock of one replica may be ahead, and be set back later. */
const KEPT_MS = 86_400_000;

/** A moderator's action, as logged. */
export type ModerationAction = 'mute' | 'unmute' | 'ban' | 'unban' | 'disconnect' | 'erase' | 'export' | 'delete';

/** A row of the log before it has an id. */
export type NewLogEntry = Omit<ModerationLogEntry, 'id' | 'action'> & { readonly action: ModerationAction };

/**
 * Mutes, bans and the moderation log in the database. A change and its log entry are one transaction. Must not know the effects
 * of either.
 */
@Injectable()
export class SanctionStore {
  constructor(
    @InjectDataSource(WRITABLE) private readonly writable: DataSource,
    @InjectRepository(Sanction) private readonly sanctions: Repository<Sanction>,
    @InjectRepository(OwnedName) private readonly names: Repository<OwnedName>,
    @InjectRepository(ModerationLogEntry) private readonly log: Repository<ModerationLogEntry>,
  ) {}

  /** Replaces an earlier sanction of the same kind and name. */
  async put(sanction: Sanction, entry: NewLogEntry): Promise<void> {
    await this.writable.transaction(async (manager) => {
      // Expired rows have no effect; removed here, they need no timer.
      await manager.delete(Sanction, { until: LessThanOrEqual(sanction.createdAt - KEPT_MS) });
      await manager.upsert(Sanction, sanction, ['kind', 'username']);
      await manager.insert(ModerationLogEntry, entry);
    });
  }

  /** @returns whether there was a sanction to remove; only then the entry is logged */
  async remove(kind: SanctionKind, entry: NewLogEntry & { readonly username: string }): Promise<boolean> {
    return this.writable.transaction(async (manager) => {
      const { affected } = await manager.delete(Sanction, { kind, username: entry.username });
      if (!affected) return false;
      await manager.insert(ModerationLogEntry, entry);
      return true;
    });
  }

  /** Logs an action that changes no sanction. */
  async record(entry: NewLogEntry): Promise<void> {
    await this.writable.getRepository(ModerationLogEntry).insert(entry);
  }

  /** Calls back with every mute and ban, in pages. */
  async all(onPage: (rows: readonly Sanction[]) => void): Promise<void> {
    for (const kind of ['mute', 'ban'] as const) {
      let rows = await this.page(kind, '', PAGE);
      onPage(rows);
      while (rows.length === PAGE) {
        rows = await this.page(kind, rows.at(-1)!.username, PAGE);
        onPage(rows);
      }
    }
  }

  /** Sanctions of one kind after a name, in database order. */
  page(kind: SanctionKind, after: string, limit: number): Promise<Sanction[]> {
    return this.sanctions.find({
      where: { kind, username: MoreThan(after) },
      order: { username: 'ASC' },
      take: limit,
    });
  }

  ofNames(usernames: readonly string[]): Promise<Sanction[]> {
    return this.sanctions.find({ where: { kind: In(['mute', 'ban']), username: In(usernames) } });
  }

  /** Authors by the names they own; names without an owner are left out. */
  async ownersOf(usernames: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const owned = await this.names.findBy({ username: In(usernames) });
    return new Map(owned.map(({ username, authorId }) => [username, authorId]));
  }

  /** Rows of the log before an id, newest first. */
  newest(before: number, limit: number): Promise<ModerationLogEntry[]> {
    return this.log
      .createQueryBuilder('l')
      .where('l.id < :before', { before })
      .orderBy('l.id', 'DESC')
      .limit(limit)
      .getMany();
  }

  async newestId(): Promise<number> {
    const newest = await this.log.createQueryBuilder('l').select('max(l.id)', 'id').getRawOne<{ id: number | null }>();
    return newest?.id ?? 0;
  }

  /** Rows of these actions after an id, oldest first. */
  following(after: number, actions: readonly ModerationAction[], limit: number): Promise<ModerationLogEntry[]> {
    const where = { id: MoreThan(after), action: In([...actions]) };
    return this.log.find({ where, order: { id: 'ASC' }, take: limit });
  }
}
