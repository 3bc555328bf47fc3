import type { Identity } from '../../access/identity';
import type { TokenBucket } from '../../limits/token-bucket';
import type { AppendListener, ChangeListener } from '../../messages/log/listeners';
import type { Language } from '../../platform/errors/language';
import type { Subscription } from '../delivery/subscription';
import type { Protocol } from '../protocol/protocol';
import type { Connection } from './connection';

/** Maximum names of a session; a further one evicts the least recently used. */
const MAX_NAMES = 32;

/** A frame as it arrived. */
export interface WaitingFrame {
  readonly bytes: Buffer;
  readonly isBinary: boolean;
}

/**
 * State of one connected client: its names, protocol and language, and its state in the feed, in presence and in the rate limits.
 * Owns the names. Must not know how bytes reach the socket: that is its connection's.
 */
export class Session {
  /** The name given by `hello` or the URL, for frames without one. */
  username: string | undefined;
  /** The reader of the feed; undefined until the client has begun the feed. */
  subscription: Subscription | undefined;
  /** The position in the order of joins up to which the client knows who is present; undefined before it follows them. */
  presencePlace: number | undefined;
  /** Notified of the outcome of this client's messages and changes; undefined before the first one. */
  receipts: (AppendListener & ChangeListener) | undefined;
  /** The message budget; undefined before the first message. Owned by `RateLimits`. */
  messages: TokenBucket | undefined;
  /** The budget of refused frames; undefined before the first refusal. Owned by `RateLimits`. */
  refusals: TokenBucket | undefined;
  /** The identity for which the client was notified of the expiry. */
  noticeOf: Identity | undefined;
  /**
   * Frames that arrived while a token or name is being verified; otherwise undefined. Bounded by what `Intake` parses at once.
   */
  waiting: WaitingFrame[] | undefined;
  /** Pings that are answered once the slow reader has been caught up. */
  waitingPings = 0;
  /** Names in the order of their last use; undefined before the first one. */
  private used: Set<string> | undefined;
  private newest: string | undefined;

  constructor(
    readonly connection: Connection,
    readonly protocol: Protocol,
    readonly language: Language,
    /** The client's identity; a token replaces it. */
    public identity: Identity,
  ) {}

  /** The names this client is present under, the least recently used first. */
  get names(): Iterable<string> {
    return this.used ?? [];
  }

  /** The name used last. */
  get newestName(): string | undefined {
    return this.newest;
  }

  hasName(name: string): boolean {
    return this.used?.has(name) ?? false;
  }

  /** Makes the name the one used last. False where the session had it already. */
  useName(name: string): boolean {
    if (this.newest === name) return false;
    this.newest = name;
    const used = (this.used ??= new Set());
    const isNew = !used.delete(name);
    used.add(name);
    return isNew;
  }

  /** Evicts and returns the least recently used name if there are too many. */
  dropExcessName(): string | undefined {
    if (!this.used || this.used.size <= MAX_NAMES) return undefined;
    const [oldest] = this.used;
    this.used.delete(oldest!);
    return oldest;
  }

  /** Gives up all names. */
  clearNames(): void {
    this.used = this.newest = undefined;
  }

  /** Sends frames, given as JSON, in one write. */
  send(...texts: readonly string[]): void {
    this.connection.send(...texts);
  }
}
