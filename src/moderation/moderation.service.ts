import { Injectable } from '@nestjs/common';
import type { Identity } from '../access/identity';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';
import { countCodePoints } from '../platform/text/code-points';
import { namesMeant, normalizeUsername } from '../platform/text/username';
import type { SanctionKind } from '../storage/entities/moderation.entity';
import {
  type DisconnectBody,
  type LogQuery,
  type LogResponse,
  MAX_REASON_LENGTH,
  type SanctionBody,
  type SanctionDto,
  type SanctionsQuery,
  type SanctionsResponse,
} from './moderation.dto';
import { moderatorName } from '../access/moderator-name';
import { mergeByUser, toDto, toLogEntry } from './sanction-list';
import { SanctionReplication } from './sanction-replication';
import { type ModerationAction, type NewLogEntry, SanctionStore } from './sanction-store';
import { MAX_SANCTIONS, Sanctions } from './sanctions';

const DEFAULT_USERS = 100;
const DEFAULT_ENTRIES = 50;

/** Moderators' actions on users, each durable and logged before it takes effect. Must not know connections or frames. */
@Injectable()
export class ModerationService {
  constructor(
    private readonly store: SanctionStore,
    private readonly sanctions: Sanctions,
    private readonly replication: SanctionReplication,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** @throws AppError if the name, the reason or the target is not allowed, or MAX_SANCTIONS is reached */
  async sanction(kind: SanctionKind, given: string, body: SanctionBody, by: Identity): Promise<SanctionDto> {
    // Not `namesMeant`: senders always have the name in its present form.
    const username = normalizeUsername(given);
    const reason = reasonOf(body);
    const authorId = await this.ownerOf(username);
    requireOther(by, username, authorId);
    this.requireSpace(kind, username);
    const createdAt = this.clock.now();
    const until = body.seconds === undefined ? null : createdAt + body.seconds * 1000;
    const row = { kind, username, authorId: authorId ?? null, until, reason, moderator: moderatorName(by), createdAt };
    await this.store.put(row, this.entry(kind, username, by, { until, reason, createdAt }));
    await this.acted(kind);
    return toDto(row);
  }

  /** No-op without such a sanction. @throws AppError if the target is the moderator */
  async lift(kind: SanctionKind, given: string, by: Identity): Promise<void> {
    for (const username of namesMeant(given)) {
      requireOther(by, username, await this.ownerOf(username));
      const action = `un${kind}` as const;
      if (await this.store.remove(kind, this.entry(action, username, by))) await this.acted(action);
    }
  }

  /** Closes the user's connections on every replica; the user may reconnect. */
  async disconnect(given: string, body: DisconnectBody, by: Identity): Promise<void> {
    const username = normalizeUsername(given);
    await this.record('disconnect', username, by, reasonOf(body));
  }

  /** Logs an action other than a mute or a ban, before it takes effect. */
  async record(action: ModerationAction, username: string, by: Identity, reason: string | null = null): Promise<void> {
    await this.store.record(this.entry(action, username, by, { reason }));
    await this.acted(action);
  }

  async users({ after = '', limit = DEFAULT_USERS }: SanctionsQuery): Promise<SanctionsResponse> {
    requireStorable('after', after);
    const [mutes, bans] = await Promise.all([
      this.store.page('mute', after, limit),
      this.store.page('ban', after, limit),
    ]);
    return mergeByUser(mutes, bans, limit, this.clock.now());
  }

  async log({ before = Number.MAX_SAFE_INTEGER, limit = DEFAULT_ENTRIES }: LogQuery): Promise<LogResponse> {
    const entries = (await this.store.newest(before, limit)).map(toLogEntry);
    return { entries, next: entries.length < limit ? null : entries.at(-1)!.id };
  }

  private entry(
    action: ModerationAction,
    username: string,
    by: Identity,
    more: Partial<NewLogEntry> = {},
  ): NewLogEntry & { readonly username: string } {
    const moderator = moderatorName(by);
    const rest = { messageId: null, until: null, reason: null, createdAt: this.clock.now(), ...more };
    return { ...rest, action, username, moderator };
  }

  private async acted(action: ModerationAction): Promise<void> {
    this.metrics.moderation.inc({ action });
    await this.replication.broadcast();
  }

  private async ownerOf(username: string): Promise<number | undefined> {
    return (await this.store.ownersOf([username])).get(username);
  }

  private requireSpace(kind: SanctionKind, username: string): void {
    if (this.sanctions.size < MAX_SANCTIONS || this.sanctions.of(kind, username)) return;
    this.sanctions.dropExpired();
    if (this.sanctions.size >= MAX_SANCTIONS) throw new AppError('sanctions_full', { max: MAX_SANCTIONS });
  }
}

/** Protects the moderator's own name only: whether another user is a moderator is known from that user's token alone. */
function requireOther(by: Identity, username: string, authorId: number | undefined): void {
  const isOwn = username === by.username || (by.authorId !== undefined && authorId === by.authorId);
  if (isOwn) throw new AppError('not_yourself');
}

function reasonOf({ reason }: DisconnectBody): string | null {
  if (reason === undefined) return null;
  requireStorable('reason', reason);
  if (countCodePoints(reason) > MAX_REASON_LENGTH) {
    throw new AppError('field_length', { field: 'reason', max: MAX_REASON_LENGTH });
  }
  return reason === '' ? null : reason;
}

/** PostgreSQL cannot store NUL or lone surrogates. */
function requireStorable(field: string, text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) throw new AppError('field_form', { field });
}
