import { createHmac } from 'node:crypto';

export const JWT_SECRET = 'a shared secret for tests, long enough';

/** The settings of a server that accepts tokens signed with this secret. */
export const WITH_TOKENS = { AUTH_JWT_SECRET: JWT_SECRET };

/** Clock tolerance of the server after `exp`, in seconds. */
export const TOLERANCE_SECONDS = 30;

/** A signed token. `exp` is an hour from now unless it is among the claims. */
export function tokenOf(claims: Readonly<Record<string, unknown>>, secret = JWT_SECRET): string {
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;
  const parts = [
    { alg: 'HS256', typ: 'JWT' },
    { exp: inAnHour, ...claims },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signed = parts.join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** The `exp` with which a token expires on the server this many seconds from now. */
export function endingIn(seconds: number): number {
  return Math.floor(Date.now() / 1000) - TOLERANCE_SECONDS + seconds;
}
