import type { NextFunction, Request, Response } from 'express';

/** Time for the client to read the answer, in milliseconds. */
const LINGER_MS = 500;

/**
 * Ends the connection of a request that was answered before its body arrived: Node would read and discard the rest, however long.
 * No route accepts a body without reading it to its end.
 */
export function endBehindUnreadBody(request: Request, response: Response, next: NextFunction): void {
  // Once reading has begun, Node does not discard the body: after some KiB, backpressure stops the connection.
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
