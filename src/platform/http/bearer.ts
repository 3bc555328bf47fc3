import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors/app-error';

const BEARER = /^Bearer(?:\s|$)/i;
/** One space or more (RFC 9110, 11.4), then visible ASCII: secrets chosen by operators may contain any of it. */
const CREDENTIALS = /^Bearer +([\x21-\x7e]+)$/i;

/**
 * The token of `Authorization: Bearer` (RFC 6750, 2.1). Another scheme belongs to someone else, such as a proxy: no token.
 * @throws AppError `token_invalid` for several headers, of which Node would take the first, and for a malformed one
 */
export function bearerTokenOf(request: IncomingMessage): string | undefined {
  if (request.headers.authorization === undefined) return undefined;
  const given = request.headersDistinct.authorization ?? [];
  if (!given.some((one) => BEARER.test(one))) return undefined;
  const token = given.length === 1 ? CREDENTIALS.exec(given[0]!)?.[1] : undefined;
  if (token === undefined) throw new AppError('token_invalid');
  return token;
}
