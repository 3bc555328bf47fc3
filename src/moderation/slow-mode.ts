import { Injectable } from '@nestjs/common';
import type { Identity } from '../access/identity';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';
import { Settings } from '../settings/settings';
import type { StoredMessage } from '../storage/stored-message';

/** Maximum users remembered; beyond it, the user with the oldest message is evicted, and may write again early. */
const MAX_USERS = 100_000;

/** An author's id; without an author, a name. */
type User = number | string;

interface Last {
  /** Monotonic time, in milliseconds. */
  readonly at: number;
  /** The message's idempotency key. */
  readonly key: string | null | undefined;
}

/**
 * SLOW_MODE_SECONDS: minimum time between two messages of one user, over all connections. Other replicas' messages count as soon
 * as the feed delivers them. Moderators are exempt. Must not know how a message arrives.
 */
@Injectable()
export class SlowMode {
  readonly isOn: boolean;
  private readonly intervalMs: number;
  /** The last message of each user, oldest first. */
  private readonly last = new Map<User, Last>();

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.intervalMs = settings.SLOW_MODE_SECONDS * 1000;
    this.isOn = this.intervalMs > 0;
  }

  /**
   * Counts a message. One with the idempotency key of the last message is a retry, which is allowed at any time: its sender may
   * not have received the answer. @returns undoes the charge, for a message that is refused later or turns out to be a repeat
   * @throws AppError `slow_mode`, with the time until the next message is allowed
   */
  charge(identity: Identity, username: string, key?: string | null): () => void {
    if (!this.isOn || identity.can.moderate) return nothing;
    const user = identity.authorId ?? username;
    const now = this.clock.monotonic();
    const before = this.last.get(user);
    const wait = before === undefined ? 0 : Math.ceil(before.at + this.intervalMs - now);
    if (wait > 0 && key != null && key === before!.key) return nothing;
    if (wait > 0) this.refuse(wait);
    const charged = { at: now, key };
    this.remember(user, charged);
    return () => {
      if (this.last.get(user) === charged) this.last.delete(user);
    };
  }

  /** Counts messages that the feed delivers, from any replica. */
  delivered(batch: readonly StoredMessage[]): void {
    if (!this.isOn) return;
    const [now, time] = [this.clock.monotonic(), this.clock.now()];
    for (const { authorId, username, createdAt, clientId: key } of batch) {
      // Replicas' clocks differ: a message from the future counts as sent now.
      const at = now - Math.max(0, time - createdAt);
      const user = authorId ?? username;
      if (at + this.intervalMs > now && at > (this.last.get(user)?.at ?? -Infinity)) this.remember(user, { at, key });
    }
  }

  private refuse(wait: number): never {
    this.metrics.moderationRefusals.inc({ cause: 'slow_mode' });
    throw new AppError('slow_mode', { seconds: this.settings.SLOW_MODE_SECONDS, wait: Math.ceil(wait / 1000) }, wait);
  }

  private remember(user: User, message: Last): void {
    this.last.delete(user);
    this.last.set(user, message);
    // Up to two evictions per addition, so that users who no longer write are forgotten.
    for (let i = 0; i < 2; i++) {
      const [oldest] = this.last;
      if (!oldest || (oldest[1].at + this.intervalMs > message.at && this.last.size <= MAX_USERS)) return;
      this.last.delete(oldest[0]);
    }
  }
}

const nothing = (): void => undefined;
