import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors/app-error';

/**
 * Answers a body over the limit as soon as its size is known. The body parser would first read it to its end, however far that is;
 * the connection ends behind the answer (`endBehindUnreadBody`). In front of the parser, for what it reads.
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

/** Ends the body behind the chunk that is too much: the parser refuses what it has then. */
function endBeyond(request: Request, limit: number): void {
  const push = request.push.bind(request);
  let bytes = request.readableLength;
  request.push = (chunk: Buffer | null) => {
    if (bytes > limit) return false;
    if (chunk === null) return push(null);
    bytes += chunk.length;
    const mayGoOn = push(chunk);
    return bytes > limit ? push(null) : mayGoOn;
  };
}
