/** The bus topic on which replicas tell each other who is with them. Another form of the news needs another name. */
export const PRESENCE = 'presence';

/** Names in one piece of news, at most, and in a whole account; so many users of one replica the others can learn of. */
export const NAMES_PER_NEWS = 500;
export const MAX_NAMES = 100_000;

/** `sequence` counts a replica's changes: whoever is told one that does not follow what it knows has missed some. */
export type PresenceNews =
  /** I am here, with so many connections. */
  | { readonly kind: 'beat'; readonly sequence: number; readonly connections: number }
  /** These users came (true) or left (false). */
  | { readonly kind: 'change'; readonly sequence: number; readonly users: readonly (readonly [string, boolean])[] }
  /** Say who is with you: one replica, or all of them. */
  | { readonly kind: 'ask'; readonly of?: string }
  /** A part of all who are with me; the parts follow each other. */
  | {
      readonly kind: 'account';
      readonly sequence: number;
      readonly part: number;
      readonly parts: number;
      readonly names: readonly string[];
    }
  | { readonly kind: 'typing'; readonly username: string }
  | { readonly kind: 'bye' };

export type Account = Extract<PresenceNews, { kind: 'account' }>;
