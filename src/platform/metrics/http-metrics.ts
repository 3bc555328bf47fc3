import type { NextFunction, Request, Response } from 'express';
import { routeOf } from '../http/route-of';
import type { Metrics } from './metrics';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Times every HTTP request. The route is the pattern that matched, so that addresses cannot make labels. */
export function httpMetrics(metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const begun = performance.now();
    response.once('close', () => {
      metrics.httpSeconds.observe(
        {
          method: METHODS.has(request.method) ? request.method : 'other',
          route: routeOf(request),
          status_code: response.statusCode,
        },
        (performance.now() - begun) / 1000,
      );
    });
    next();
  };
}
