import type { IncomingMessage } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { Clock } from '../platform/lifecycle/clock';
import { Settings } from '../settings/settings';
import { Metrics } from '../platform/metrics/metrics';
import { AddressBudgets } from './address-budgets';

/** Pieces that a body may have whatever their size: some libraries write each field by itself. */
const FREE_PIECES = 64;
/** What they must have beyond, on average, in bytes. Each costs the work of hundreds of bytes, and the memory of two hundred. */
const LEAST_BYTES = 128;
/** What such a body costs its address, in seconds of `HTTP_RATE`. */
const COST_SECONDS = 2;

/**
 * Ends the connection of a body in very small pieces (chunks of `Transfer-Encoding: chunked`, or segments of TCP), whether or not
 * anybody reads it, and charges its address into debt: who owes waits for its next connection (`limitTcpConnections`).
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

  /** Must stand ahead of any middleware that can let a request wait. */
  use(request: IncomingMessage, _response: unknown, next: () => void): void {
    if (hasBody(request)) this.watch(request);
    next();
  }

  private watch(request: IncomingMessage): void {
    const push = request.push.bind(request);
    let pieces = 0;
    let bytes = 0;
    // Not `data`: to listen to it is to read the body, which is up to others.
    request.push = (piece: Buffer | null) => {
      if (piece === null) return push(piece);
      // What else was in the same slice still comes here.
      if (request.socket.destroyed) return false;
      pieces++;
      bytes += piece.length;
      if (pieces <= FREE_PIECES || bytes >= pieces * LEAST_BYTES) return push(piece);
      this.refuse(request);
      return false;
    };
  }

  private refuse(request: IncomingMessage): void {
    this.metrics.closed.inc({ cause: 'pieces' });
    this.budgets.of(request)?.charge('requests', this.clock.monotonic(), this.cost);
    request.socket.destroy();
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return 'transfer-encoding' in headers || 'content-length' in headers;
}
