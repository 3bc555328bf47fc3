import type { ErrorReason } from '../../platform/errors/error-table';
import { CLOSE } from './close-codes';

/** Reason for ending a connection that is no longer allowed: an `error` with its text, then a close frame. */
export interface ConnectionEnd {
  /** Row of the error table. */
  readonly reason: ErrorReason;
  readonly code: number;
  /** Reason text of the close frame. */
  readonly text: string;
  /** Label of the metric. */
  readonly cause: string;
}

export const CONNECTION_ENDS = {
  noToken: { reason: 'token_missing', code: CLOSE.unauthorized, text: 'no access token', cause: 'no_token' },
  badToken: {
    reason: 'token_invalid',
    code: CLOSE.unauthorized,
    text: 'access token not accepted',
    cause: 'bad_token',
  },
  expired: { reason: 'token_expired', code: CLOSE.unauthorized, text: 'access token expired', cause: 'token_expired' },
  mayNotRead: { reason: 'may_not_read', code: CLOSE.forbidden, text: 'no right to read', cause: 'may_not_read' },
  badIdentity: { reason: 'name_owned', code: CLOSE.forbidden, text: 'user not accepted', cause: 'bad_user' },
  banned: { reason: 'banned', code: CLOSE.forbidden, text: 'banned', cause: 'banned' },
  unverified: {
    reason: 'keys_unavailable',
    code: CLOSE.tryAgain,
    text: 'access token cannot be checked now',
    cause: 'keys_unavailable',
  },
} as const satisfies Record<string, ConnectionEnd>;
