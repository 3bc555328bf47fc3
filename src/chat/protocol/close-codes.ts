/** Close codes sent in addition to those of `ws` (RFC 6455, section 7.4). */
export const CLOSE = { policy: 1008, restart: 1012, tooSlow: 4008, tooMany: 4009 } as const;
