import type { NextFunction, Request, Response } from 'express';
import { AppError } from '../platform/errors/app-error';
import type { Clock } from '../platform/lifecycle/clock';
import type { Routes } from '../platform/http/routes';
import type { Metrics } from '../platform/metrics/metrics';
import type { AddressBudgets } from './address-budgets';

/** Cost of a request with a chunked body, which may have thousands of chunks; others cost 1. */
const CHUNKED_COST = 20;

/**
 * Limits requests per client address to `perMinute`, in the long run and as a burst, and reports it in the fields of
 * draft-ietf-httpapi-ratelimit-headers. Probes are exempt unless they have a chunked body.
 */
export function httpRate(perMinute: number, budgets: AddressBudgets, routes: Routes, clock: Clock, metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    // An orchestrator probes often, from a single address.
    if (routes.isMarked('probe', request.path) && costOf(request) === 1) {
      next();
      return;
    }
    const wait = budgets.of(request)?.take('requests', clock.monotonic(), costOf(request)) ?? 0;
    response.setHeader('RateLimit-Policy', `"requests";q=${perMinute};w=60`);
    if (wait === 0) {
      next();
      return;
    }
    metrics.limited.inc({ limit: 'requests' });
    response.setHeader('RateLimit', `"requests";r=0;t=${Math.ceil(wait / 1000)}`);
    // A client that continues has to reconnect, which costs it more than the next refusal costs the server.
    response.setHeader('Connection', 'close');
    next(new AppError('RATE_LIMITED', {}, wait));
  };
}

function costOf(request: Request): number {
  return 'transfer-encoding' in request.headers ? CHUNKED_COST : 1;
}
