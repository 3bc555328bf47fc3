import { createHmac } from 'node:crypto';

const LIFETIME_SECONDS = 3600;

/** A token (HS256) in the name of a user. Another `issue` makes another one for the same user. */
export function tokenOf(secret: string, user: string, issue = 0): string {
  const exp = Math.floor(Date.now() / 1000 / LIFETIME_SECONDS + 2) * LIFETIME_SECONDS;
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: user, preferred_username: user, issue, exp })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function part(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}
