/**
 * Close codes sent in addition to those of `ws` (RFC 6455, section 7.4). `unauthorized`: reconnect with a new token; `forbidden`:
 * do not reconnect.
 */
export const CLOSE = {
  policy: 1008,
  restart: 1012,
  tryAgain: 1013,
  unauthorized: 4401,
  forbidden: 4403,
  tooSlow: 4008,
  tooMany: 4009,
} as const;
