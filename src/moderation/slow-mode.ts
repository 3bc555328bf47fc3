import { Injectable } from '@nestjs/common';
import type { Identity } from '../access/identity';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';
import { Settings } from '../settings/settings';
import type { StoredMessage } from '../storage/stored-message';

/** Maximum users remembered; beyond, the one whose message is oldest may write again early. */
const MAX_USERS = 100_000;

/** An author, else a name. */
type User = number | string;

interface Last {
  /** Monotonic. */
  readonly at: number;
  /** Its idempotency key. */
  readonly key: string | null | undefined;
}

/**
 * SLOW_MODE_SECONDS: the least time between two messages of one user, over all connections. Other replicas' messages count as
 * soon as the feed brings them. Moderators are exempt. Must not know how a message arrives.
 */
@Injectable()
export class SlowMode {
  readonly isOn: boolean;
  private readonly leastMs: number;
  /** The last messages, the oldest first. */
  private readonly last = new Map<User, Last>();

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.leastMs = settings.SLOW_MODE_SECONDS * 1000;
    this.isOn = this.leastMs > 0;
  }

  /**
   * Counts a message that is taken in. One with the key of the last message is that message again, whatever the time: its sender
   * may not have had the answer. @returns takes it back, for a message that is refused after all, or found to be a repeat
   * @throws AppError `slow_mode`, with the time until the next message is allowed
   */
  charge(identity: Identity, username: string, key?: string | null): () => void {
    if (!this.isOn || identity.can.moderate) return nothing;
    const user = identity.authorId ?? username;
    const now = this.clock.monotonic();
    const before = this.last.get(user);
    const wait = before === undefined ? 0 : Math.ceil(before.at + this.leastMs - now);
    if (wait > 0 && key != null && key === before!.key) return nothing;
    if (wait > 0) this.refuse(wait);
    const charged = { at: now, key };
    this.remember(user, charged);
    return () => {
      if (this.last.get(user) === charged) this.last.delete(user);
    };
  }

  /** Messages that the feed brings, whichever replica took them in. */
  heard(batch: readonly StoredMessage[]): void {
    if (!this.isOn) return;
    const [now, time] = [this.clock.monotonic(), this.clock.now()];
    for (const { authorId, username, createdAt, clientId: key } of batch) {
      // The clocks of replicas differ: a message of the future came now.
      const at = now - Math.max(0, time - createdAt);
      const user = authorId ?? username;
      if (at + this.leastMs > now && at > (this.last.get(user)?.at ?? -Infinity)) this.remember(user, { at, key });
    }
  }

  private refuse(wait: number): never {
    this.metrics.moderationRefusals.inc({ cause: 'slow_mode' });
    throw new AppError('slow_mode', { seconds: this.settings.SLOW_MODE_SECONDS, wait: Math.ceil(wait / 1000) }, wait);
  }

  private remember(user: User, message: Last): void {
    this.last.delete(user);
    this.last.set(user, message);
    // Two for each that is added, so that users who write no more are forgotten.
    for (let i = 0; i < 2; i++) {
      const [oldest] = this.last;
      if (!oldest || (oldest[1].at + this.leastMs > message.at && this.last.size <= MAX_USERS)) return;
      this.last.delete(oldest[0]);
    }
  }
}

const nothing = (): void => undefined;
