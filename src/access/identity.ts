export type Action = 'read' | 'write' | 'moderate';

/** Names a conversation. */
export type ChannelName = string;

/** The only channel. */
export const CHANNEL: ChannelName = 'main';

/** The identity of a request, a connection or an event stream. Immutable; a renewed token yields a new one. */
export interface Identity {
  /**
   * `anybody`: access is off. `nobody`: not authenticated, may do nothing. `guest`: without a token where that is allowed.
   * `author`: a valid token, or a trusted proxy's header. `operator`: `MODERATOR_TOKEN`.
   */
  readonly kind: 'anybody' | 'nobody' | 'guest' | 'author' | 'operator';
  /** `authors.id`: issuer and subject. Only for `author`. */
  readonly authorId?: number;
  /** The author's name, in the stored form. Only for `author`; a guest chooses a name, which is marked with `~`. */
  readonly username?: string;
  readonly roles: readonly string[];
  readonly can: Readonly<Record<Action, boolean>>;
  /** Expiry in epoch milliseconds, clock tolerance included; undefined: never. */
  readonly expiresAt?: number;
}

/** Everybody, where access is off. */
export const ANYBODY: Identity = { kind: 'anybody', roles: [], can: { read: true, write: true, moderate: false } };
/** Before authentication. */
export const NOBODY: Identity = { kind: 'nobody', roles: [], can: { read: false, write: false, moderate: false } };
/** `MODERATOR_TOKEN`, on the REST routes. */
export const OPERATOR: Identity = { kind: 'operator', roles: [], can: { read: true, write: false, moderate: true } };

/** Prefix of guests' names; the name in a token must not start with it. */
export const GUEST_MARK = '~';

/** A guest's name without the mark. */
export function bareName(name: string): string {
  return name.startsWith(GUEST_MARK) ? name.slice(GUEST_MARK.length) : name;
}
