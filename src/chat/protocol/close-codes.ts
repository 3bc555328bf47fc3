/** Close codes of the protocol beyond those that `ws` sends by itself (RFC 6455, 7.4). */
export const CLOSE = { policy: 1008, restart: 1012, tooSlow: 4008, tooMany: 4009 } as const;
