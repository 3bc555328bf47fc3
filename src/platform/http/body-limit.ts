import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors/app-error';

/**
 * Refuses a body over the limit as soon as its size is known: the body parser would first read it to its end, however long. The
 * connection ends after the answer (`endBehindUnreadBody`). Mounted in front of the parser, for the content type that it reads.
 */
export function limitBody(limit: number): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction) => {
    if (!request.is('application/json')) next();
    else if (Number(request.headers['content-length'] ?? 0) > limit) next(new AppError('PAYLOAD_TOO_LARGE'));
    else {
      if ('transfer-encoding' in request.headers) endBeyond(request, limit);
      next();
    }
  };
}

/** Ends the body after the chunk that exceeds the limit: the parser then refuses what it has received. */
function endBeyond(request: Request, limit: number): void {
  const push = request.push.bind(request);
  let bytes = request.readableLength;
  request.push = (chunk: Buffer | null) => {
    if (bytes > limit) return false;
    if (chunk === null) return push(null);
    bytes += chunk.length;
    const wantsMore = push(chunk);
    return bytes > limit ? push(null) : wantsMore;
  };
}
