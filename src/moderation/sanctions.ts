import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Identity } from '../access/identity';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';
import type { Sanction, SanctionKind } from '../storage/entities/moderation.entity';
import { SanctionRegister, type Sanctioned } from './sanction-register';

/** Maximum mutes and bans together; further ones are refused. Each takes some hundred bytes on every replica. */
export const MAX_SANCTIONS = 50_000;

const REFUSALS = { ban: 'banned', mute: 'muted' } as const satisfies Record<SanctionKind, string>;

/**
 * This replica's in-memory copy of the mutes and bans in force: frames are checked synchronously, and also while the database is
 * down. Must not know how the copy is replicated.
 */
@Injectable()
export class Sanctions implements OnModuleInit {
  private readonly registers = { mute: new SanctionRegister(), ban: new SanctionRegister() };

  constructor(
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gaugeBy('chat_sanctions', 'Mutes and bans in memory', 'kind', () => ({
      mute: this.registers.mute.size,
      ban: this.registers.ban.size,
    }));
  }

  /** Mutes and bans together, expired ones included until they are dropped. */
  get size(): number {
    return this.registers.mute.size + this.registers.ban.size;
  }

  /** For anything a user writes. @throws AppError `banned` or `muted`, with the time until the sanction ends */
  require(identity: Identity, username?: string): void {
    this.requireNotBanned(identity, username);
    this.refuseWhere('mute', identity, username);
  }

  /** Whether the user is muted; a user who connects while muted is not shown as present. */
  isMuted(identity: Identity, username: string): boolean {
    const { mute } = this.registers;
    return mute.size > 0 && this.inForce(mute.find([username, identity.username], identity.authorId)) !== undefined;
  }

  /** For connecting and reading. @throws AppError `banned`, with the time until the ban ends */
  requireNotBanned(identity: Identity, username?: string): void {
    this.refuseWhere('ban', identity, username);
  }

  /** The sanction in force on exactly this name. */
  of(kind: SanctionKind, username: string): Sanctioned | undefined {
    return this.inForce(this.registers[kind].find([username], undefined));
  }

  /** Adds rows read at the start. Idempotent: a failed load is retried from the beginning. */
  load(rows: readonly Sanction[]): void {
    const [now, monotonic] = [this.clock.now(), this.clock.monotonic()];
    for (const { kind, username, authorId, until } of rows) {
      this.registers[kind].remove(username);
      const left = until === null ? Infinity : until - now;
      if (left > 0) this.registers[kind].add({ username, authorId, until, keptUntil: monotonic + left });
    }
  }

  /** Replaces all entries of these names with their rows in the database. */
  replace(usernames: Iterable<string>, rows: readonly Sanction[]): void {
    for (const username of usernames) {
      this.registers.mute.remove(username);
      this.registers.ban.remove(username);
    }
    this.load(rows);
  }

  /** Drops expired entries. */
  dropExpired(): void {
    const [now, monotonic] = [this.clock.now(), this.clock.monotonic()];
    for (const register of Object.values(this.registers)) register.dropExpired(now, monotonic);
  }

  private refuseWhere(kind: SanctionKind, identity: Identity, username: string | undefined): void {
    const register = this.registers[kind];
    if (register.size === 0) return;
    const found = this.inForce(register.find([username, identity.username], identity.authorId));
    if (!found) return;
    this.metrics.moderationRefusals.inc({ cause: REFUSALS[kind] });
    throw new AppError(REFUSALS[kind], {}, found.until === null ? undefined : found.until - this.clock.now());
  }

  /** Reads the clock only for an entry that was found: reading it costs more than a lookup without a hit. */
  private inForce(one: Sanctioned | undefined): Sanctioned | undefined {
    return one && (one.until === null || one.until > this.clock.now()) ? one : undefined;
  }
}
