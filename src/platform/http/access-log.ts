import { Logger } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { isProbe } from './probes';
import { routeOf } from './route-of';

const logger = new Logger('Access');

/** Logs a line for each HTTP request when it is over. It has no query, no name and no word of the client's own. */
export function accessLog(addressOf: (request: Request) => string) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const begun = performance.now();
    const { path, socket, method } = request;
    const address = addressOf(request);
    const writtenBefore = socket.bytesWritten;
    if (!isProbe(path)) {
      response.once('close', () => {
        const { statusCode } = response;
        // What no route has answered well is a file of ours; any other path is the client's invention.
        const isFile = method !== 'OPTIONS' && (statusCode === 304 || (statusCode >= 200 && statusCode < 300));
        const route = request.route ? routeOf(request) : isFile ? path : 'none';
        const length = method === 'HEAD' ? 0 : response.getHeader('content-length');
        const bytes = length ?? socket.bytesWritten - writtenBefore;
        const duration = Math.round(performance.now() - begun);
        const end = response.writableFinished ? '' : ' (broken off)';
        logger.log(
          `${method} ${route} ${statusCode}${end} ${duration} ms ${String(bytes)} bytes request=${request.id} client=${address}`,
        );
      });
    }
    next();
  };
}
