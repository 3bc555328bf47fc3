import type { IncomingMessage } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { Clock } from '../platform/lifecycle/clock';
import { Settings } from '../settings/settings';
import { Metrics } from '../platform/metrics/metrics';
import { AddressBudgets } from './address-budgets';

/** Chunks allowed at any size: some libraries write each field separately. */
const FREE_CHUNKS = 64;
/** Minimum mean size beyond that, in bytes. A chunk takes the CPU time of hundreds of bytes, and 200 bytes of memory. */
const MIN_MEAN_BYTES = 128;
/** Charge to the address for such a body, in seconds of `HTTP_RATE`. */
const COST_SECONDS = 2;

/**
 * Closes a connection whose request body arrives in tiny chunks (of `Transfer-Encoding: chunked`, or TCP segments), whether or
 * not the body is read, and charges the address. An address in debt waits before its next connection is read
 * (`limitTcpConnections`).
 */
@Injectable()
export class BodyChunks implements NestMiddleware {
  private readonly cost: number;

  constructor(
    { HTTP_RATE }: Settings,
    private readonly budgets: AddressBudgets,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.cost = (HTTP_RATE / 60) * COST_SECONDS;
  }

  /** Must precede every middleware that can delay a request. */
  use(request: IncomingMessage, _response: unknown, next: () => void): void {
    if (hasBody(request)) this.watch(request);
    next();
  }

  private watch(request: IncomingMessage): void {
    const push = request.push.bind(request);
    let chunks = 0;
    let bytes = 0;
    // Not a `data` listener: that would start reading the body, which is up to the handlers.
    request.push = (chunk: Buffer | null) => {
      if (chunk === null) return push(chunk);
      // The parser finishes its slice after the connection is destroyed.
      if (request.socket.destroyed) return false;
      chunks++;
      bytes += chunk.length;
      if (chunks <= FREE_CHUNKS || bytes >= chunks * MIN_MEAN_BYTES) return push(chunk);
      this.refuse(request);
      return false;
    };
  }

  private refuse(request: IncomingMessage): void {
    this.metrics.closed.inc({ cause: 'chunks' });
    this.budgets.of(request)?.charge('requests', this.clock.monotonic(), this.cost);
    request.socket.destroy();
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return 'transfer-encoding' in headers || 'content-length' in headers;
}
