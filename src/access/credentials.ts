import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { bearerTokenOf } from '../platform/http/bearer';
import { Settings } from '../settings/settings';

/** For clients that cannot set a header: `EventSource`, and v1 scripts in browsers. */
const QUERY_PATHS = new Set(['/ws', '/api/messages/stream']);
const PARAMETER = 'access_token';

/**
 * Extracts the token of a request: from `Authorization`, from the subprotocols of an upgrade, or, with AUTH_QUERY_TOKEN, from the
 * query of two paths. Must not check tokens.
 */
@Injectable()
export class Credentials {
  private readonly allowsQuery: boolean;

  constructor({ AUTH_QUERY_TOKEN }: Settings) {
    this.allowsQuery = AUTH_QUERY_TOKEN === 'true';
  }

  /**
   * The token of a request or an upgrade.
   * @param inSubprotocol the token offered as a subprotocol of an upgrade, where browsers cannot set `Authorization`
   * @throws AppError `token_invalid` for a malformed token, or more than one
   */
  of(request: IncomingMessage, inSubprotocol?: string): string | undefined {
    const inHeader = bearerTokenOf(request);
    if (inHeader !== undefined && inSubprotocol !== undefined) throw new AppError('token_invalid');
    const given = inHeader ?? inSubprotocol;
    if (!this.allowsQuery || !request.url?.includes(PARAMETER)) return given;
    const inQuery = queryTokens(request.url);
    if (inQuery.length === 0) return given;
    if (inQuery.length > 1 || given !== undefined) throw new AppError('token_invalid');
    return inQuery[0];
  }
}

function queryTokens(target: string): string[] {
  if (!URL.canParse(target, 'http://localhost')) return [];
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  // Express ignores case and a trailing slash in paths.
  const path = pathname.toLowerCase().replace(/\/$/, '');
  return QUERY_PATHS.has(path) ? searchParams.getAll(PARAMETER) : [];
}
