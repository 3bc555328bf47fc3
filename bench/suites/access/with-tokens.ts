/** Settings of a server that wants a token of everybody. */
export const WITH_TOKENS = { settings: { AUTH_JWT_SECRET: 'a secret of the benchmark, known to everybody' } };
