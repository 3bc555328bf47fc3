import { createHmac } from 'node:crypto';

const SECRET = 'the shared secret of a proof, which is worth nothing';
/** Lifetime of tokens: outlasts every jump of the server's clock. */
const YEARS = 20;
const YEAR_SECONDS = 365 * 24 * 60 * 60;

const ROLES = { author: ['chat-writer'], moderator: ['chat-moderator'], spectator: [] } as const;

/** A client's role on the server. A client without a token is a guest. */
export type Role = 'guest' | keyof typeof ROLES;

/** Authors and guests write, moderators only delete, spectators only read; the edit window never ends. */
export const ACCESS_SETTINGS = {
  AUTH_JWT_SECRET: SECRET,
  AUTH_WRITE_ROLE: ROLES.author[0],
  AUTH_MODERATE_ROLE: ROLES.moderator[0],
  AUTH_GUESTS: 'write',
  EDIT_WINDOW_SECONDS: '1000000000',
} as const;

/** The name under which the server knows a client. */
export function storedName(name: string, role: Role): string {
  return role === 'guest' ? `~${name}` : name;
}

/** An access token; undefined for guests. */
export function tokenOf(name: string, role: Role): string | undefined {
  if (role === 'guest') return undefined;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + YEARS * YEAR_SECONDS;
  const claims = { sub: name, preferred_username: name, roles: ROLES[role], exp };
  const text = `${part({ alg: 'HS256' })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}
