import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { AppError } from '../errors/app-error';

/** A name or address with an optional port (RFC 9110, 7.2); empty where the target has none. */
const HOST = /^(?:\[[\da-f:.]+\]|[^\s/?#@\\,:[\]]*)(?::\d*)?$/i;

/** Whether `Host` is there once and is one, as HTTP/1.1 wants it (RFC 9112, 3.2). */
export function hasValidHost({ httpVersion, rawHeaders, headers }: IncomingMessage): boolean {
  const { host } = headers;
  if (host === undefined) return httpVersion !== '1.1';
  const count = rawHeaders.reduce((sum, text, i) => (i % 2 === 0 && /^host$/i.test(text) ? sum + 1 : sum), 0);
  return count === 1 && HOST.test(host);
}

/** What Node would refuse by itself, with an empty answer, or would let pass. */
export function checkPreconditions(request: Request, _response: Response, next: NextFunction): void {
  const { expect } = request.headers;
  if (!hasValidHost(request)) next(new AppError('http_host'));
  else if (expect !== undefined && !/^100-continue$/i.test(expect) && request.httpVersion === '1.1') {
    next(new AppError('http_expectation'));
  } else next();
}
