/**
 * Close codes sent in addition to those of `ws` (RFC 6455, section 7.4). `unauthorized`: get a new token and come back;
 * `forbidden`: do not come back.
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
