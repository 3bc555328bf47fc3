import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { Clock } from '../common/clock';
import { Metrics } from '../metrics/metrics';
import { CLOSE } from './close-codes';
import { refuse } from './refuse';
import { receiverOf, unfinishedBytes } from './wire';

/** From the first byte of a message to its last, in milliseconds; the longest takes as long at 20 kbit/s. */
const DEADLINE_MS = 20_000;
const LOOK_INTERVAL_MS = 1_000;

/** Connections that have begun a message and not finished it. Owns how long they may take; must not know what they say. */
@Injectable()
export class UnfinishedMessages implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly since = new Map<WebSocket, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), LOOK_INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  add(socket: WebSocket): void {
    if (!this.since.has(socket)) this.since.set(socket, this.clock.monotonic());
  }

  delete(socket: WebSocket): void {
    this.since.delete(socket);
  }

  /** Bytes that are kept of all of them. */
  get bytes(): number {
    let sum = 0;
    for (const socket of this.since.keys()) sum += unfinishedBytes(receiverOf(socket));
    return sum;
  }

  private look(): void {
    const now = this.clock.monotonic();
    for (const [socket, since] of this.since) {
      if (now - since <= DEADLINE_MS) return;
      this.metrics.closed.inc({ cause: 'unfinished' });
      this.since.delete(socket);
      refuse(socket, CLOSE.policy, 'message not finished in time');
    }
  }
}
