import { preciseTimestamp } from '../platform/text/timestamps';
import type { ModerationLogEntry, Sanction } from '../storage/entities/moderation.entity';
import type { LogEntryDto, SanctionDto, SanctionedUser } from './moderation.dto';

/**
 * Merges two lists, each the first `limit` rows in database order, into the first `limit` users and the cursor of the next page,
 * if there may be one. Sanctions that have expired at `now` (epoch milliseconds) are hidden.
 */
export function mergeByUser(
  mutes: readonly Sanction[],
  bans: readonly Sanction[],
  limit: number,
  now: number,
): { users: SanctionedUser[]; next: string | null } {
  const byName = new Map<string, SanctionedUser>();
  let isCut = mutes.length === limit || bans.length === limit;
  for (const row of [...mutes, ...bans].sort(byUsername)) {
    if (!byName.has(row.username) && byName.size === limit) {
      isCut = true;
      break;
    }
    const user = byName.get(row.username) ?? { username: row.username, mute: null, ban: null };
    byName.set(row.username, user);
    if (row.until === null || row.until > now) user[row.kind] = toDto(row);
  }
  const users = [...byName.values()];
  const next = isCut ? users.at(-1)!.username : null;
  return { users: users.filter(({ mute, ban }) => mute ?? ban), next };
}

export function toLogEntry(row: ModerationLogEntry): LogEntryDto {
  const { id, createdAt, moderator, action, username, messageId, until, reason } = row;
  const timestamp = preciseTimestamp(createdAt);
  return { id, timestamp, moderator, action, username, message_id: messageId, until: timeOf(until), reason };
}

export function toDto({ until, reason, moderator, createdAt }: Sanction): SanctionDto {
  return { until: timeOf(until), reason, moderator, since: preciseTimestamp(createdAt) };
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : preciseTimestamp(ms);
}

/** The order of both databases: UTF-8, byte by byte. JavaScript compares UTF-16, which differs beyond the basic plane. */
function byUsername(a: Sanction, b: Sanction): number {
  return Buffer.compare(Buffer.from(a.username), Buffer.from(b.username));
}
