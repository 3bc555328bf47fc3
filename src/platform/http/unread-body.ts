import type { NextFunction, Request, Response } from 'express';

/** How long the client may take the answer, in milliseconds. */
const LINGER_MS = 500;

/**
 * Ends the connection of a request that was answered before its body was there: Node would read the rest, however long it is, only
 * to throw it away. No route takes a body that it does not read to its end.
 */
export function endBehindUnreadBody(request: Request, response: Response, next: NextFunction): void {
  // A body that somebody has begun to read is not thrown away: it waits, and with it, once some KiB are here, the connection.
  if (!request.complete) request.read(0);
  response.once('finish', () => {
    if (request.complete) {
      request.resume();
      return;
    }
    const { socket } = request;
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(linger));
  });
  next();
}
