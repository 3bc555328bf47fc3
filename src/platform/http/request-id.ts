import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';

declare module 'express-serve-static-core' {
  interface Request {
    /** The `X-Request-Id` of the answer, which ties it to its log line. */
    id: string;
  }
}

/** A proxy's request id if it is safe to log, else a new one. */
export function requestIdOf(request: IncomingMessage | undefined): string {
  const given = request?.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

export function requestId(request: Request, response: Response, next: NextFunction): void {
  request.id = requestIdOf(request);
  response.setHeader('X-Request-Id', request.id);
  next();
}
