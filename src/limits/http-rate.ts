import type { NextFunction, Request, Response } from 'express';
import { AppError } from '../platform/errors/app-error';
import type { Clock } from '../platform/lifecycle/clock';
import type { Routes } from '../platform/http/routes';
import type { Metrics } from '../platform/metrics/metrics';
import type { AddressBudgets } from './address-budgets';

/** A body in pieces may come in thousands of them, each of which is work. */
const CHUNKED_COST = 20;

/**
 * Charges each request, probes with a body in pieces included, to its client's address, `perMinute` in the long run and at once,
 * and says so in the fields of draft-ietf-httpapi-ratelimit-headers.
 */
export function httpRate(perMinute: number, budgets: AddressBudgets, routes: Routes, clock: Clock, metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    // They come often and from one address.
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
    // Who goes on all the same has to connect anew, which costs them more than the next refusal costs the server.
    response.setHeader('Connection', 'close');
    next(new AppError('RATE_LIMITED', {}, wait));
  };
}

function costOf(request: Request): number {
  return 'transfer-encoding' in request.headers ? CHUNKED_COST : 1;
}
