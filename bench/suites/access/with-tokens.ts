/** Settings of a server that requires tokens. */
export const WITH_TOKENS = { settings: { AUTH_JWT_SECRET: 'a secret of the benchmark, known to everybody' } };
