import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { routeOf } from '../http/routes';
import { Metrics } from './metrics';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Measures the duration of HTTP requests. Labels are route patterns and known methods: client input must not create time
 * series.
 */
@Injectable()
export class HttpMetrics implements NestMiddleware {
  constructor(private readonly metrics: Metrics) {}

  use(request: Request, response: Response, next: NextFunction): void {
    const begun = performance.now();
    response.once('close', () => {
      this.metrics.httpSeconds.observe(
        {
          method: METHODS.has(request.method) ? request.method : 'other',
          route: routeOf(request),
          status_code: response.statusCode,
        },
        (performance.now() - begun) / 1000,
      );
    });
    next();
  }
}
