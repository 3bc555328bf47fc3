import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors/app-error';
import { bearerTokenOf } from '../http/bearer';
import { digest, isSame } from '../text/secret';

/** @throws AppError unless the request has the token; an empty token is not required */
export function requireMetricsToken(request: IncomingMessage, token: string): void {
  if (token === '') return;
  const given = bearerTokenOf(request);
  if (given === undefined) throw new AppError('token_missing');
  if (!isSame(digest(given), digest(token))) throw new AppError('token_invalid');
}
