import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

declare module 'express-serve-static-core' {
  interface Request {
    /** Ties an answer to its log line; the same as the `X-Request-Id` of the answer. */
    id: string;
  }
}

/** Takes over a proxy's request id if it is harmless in a log, makes one otherwise. */
export function requestId(request: Request, response: Response, next: NextFunction): void {
  const given = request.get('x-request-id');
  request.id = given && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', request.id);
  next();
}
