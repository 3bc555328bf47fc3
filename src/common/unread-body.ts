import type { NextFunction, Request, Response } from 'express';

/** How long the client may take the answer, in milliseconds. */
const LINGER_MS = 500;

/**
 * Ends the connection of a request that was answered before its body was there: Node would read the rest, however long it is, only
 * to throw it away. No route takes a body that it does not read to its end.
 */
export function endBehindUnreadBody(request: Request, response: Response, next: NextFunction): void {
  response.once('finish', () => {
    if (request.complete) return;
    const { socket } = request;
    socket.pause();
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(linger));
  });
  next();
}
