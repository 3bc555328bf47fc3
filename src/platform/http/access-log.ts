import { Injectable, Logger, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { HttpOptions } from './http-options';
import { routeOf, Routes } from './routes';

/** With `ACCESS_LOG=on` logs one line per finished request, except probes. Must not log queries, names or other client input. */
@Injectable()
export class AccessLog implements NestMiddleware {
  private readonly logger = new Logger('Access');

  constructor(
    private readonly options: HttpOptions,
    private readonly routes: Routes,
  ) {}

  use(request: Request, response: Response, next: NextFunction): void {
    if (this.options.accessLog && !this.routes.isMarked('probe', request.path)) this.watch(request, response);
    next();
  }

  private watch(request: Request, response: Response): void {
    const begun = performance.now();
    const { path, socket, method } = request;
    // Read now: a socket that is closed no longer has an address.
    const address = this.options.clientAddress(request);
    const writtenBefore = socket.bytesWritten;
    response.once('close', () => {
      const { statusCode } = response;
      // A success without a route is one of our static files; any other path is client input.
      const isFile = method !== 'OPTIONS' && (statusCode === 304 || (statusCode >= 200 && statusCode < 300));
      const route = request.route ? routeOf(request) : isFile ? path : 'none';
      const length = method === 'HEAD' ? 0 : response.getHeader('content-length');
      const bytes = length ?? socket.bytesWritten - writtenBefore;
      const duration = Math.round(performance.now() - begun);
      const end = response.writableFinished ? '' : ' (broken off)';
      this.logger.log(
        `${method} ${route} ${statusCode}${end} ${duration} ms ${String(bytes)} bytes request=${request.id} client=${address}`,
      );
    });
  }
}
