import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { AppError } from '../errors/app-error';
import type { ErrorReason } from '../errors/error-table';

/** A name or address with an optional port (RFC 9110, 7.2); empty where the target has none. */
const HOST = /^(?:\[[\da-f:.]+\]|[^\s/?#@\\,:[\]]*)(?::\d*)?$/i;

/** Exactly one well-formed `Host`, as HTTP/1.1 requires (RFC 9112, 3.2). */
export function hasValidHost({ httpVersion, rawHeaders, headers }: IncomingMessage): boolean {
  const { host } = headers;
  if (host === undefined) return httpVersion !== '1.1';
  const count = rawHeaders.reduce((sum, text, i) => (i % 2 === 0 && /^host$/i.test(text) ? sum + 1 : sum), 0);
  return count === 1 && HOST.test(host);
}

/** Middleware for requests that Node would refuse with an empty answer, or that Node and Express would silently accept. */
export function checkPreconditions(request: Request, _response: Response, next: NextFunction): void {
  const fault = faultOf(request);
  next(fault && new AppError(fault));
}

function faultOf(request: Request): ErrorReason | undefined {
  const { expect, 'transfer-encoding': codings } = request.headers;
  if (!hasValidHost(request)) return 'http_host';
  // Node decodes only the last coding, `chunked`, and would pass on a compressed body as it is (RFC 9112, 6.1).
  if (codings !== undefined && !/^chunked$/i.test(codings)) return 'http_coding';
  if (expect !== undefined && !/^100-continue$/i.test(expect) && request.httpVersion === '1.1') {
    return 'http_expectation';
  }
  return isWellEncoded(request.originalUrl) ? undefined : 'percent_encoding';
}

/** The query parser would silently repair a `%` that does not begin well-formed UTF-8. */
export function isWellEncoded(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}
