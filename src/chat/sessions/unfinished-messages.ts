import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { Clock } from '../../platform/lifecycle/clock';
import { Settings } from '../../settings/settings';
import { Metrics } from '../../platform/metrics/metrics';
import { CLOSE } from '../protocol/close-codes';
import { refuse } from './refuse';

/** From the first byte of a message to its last, in milliseconds, and the least pace of one that is longer than usual. */
const DEADLINE_MS = 20_000;
const LEAST_BYTES_PER_MS = 2.5;
const LOOK_INTERVAL_MS = 1_000;

/** Connections that have begun a message and not finished it. Owns how long they may take; must not know what they say. */
@Injectable()
export class UnfinishedMessages implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly since = new Map<WebSocket, number>();
  private readonly deadlineMs: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    settings: Settings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.deadlineMs = Math.max(DEADLINE_MS, settings.MAX_FRAME_BYTES / LEAST_BYTES_PER_MS);
  }

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

  private look(): void {
    const now = this.clock.monotonic();
    for (const [socket, since] of this.since) {
      if (now - since <= this.deadlineMs) return;
      // It is not listened to until it has read, and cannot finish; whether it reads is up to `StalledReaders`.
      if (socket.isPaused) continue;
      this.metrics.closed.inc({ cause: 'unfinished' });
      this.since.delete(socket);
      refuse(socket, CLOSE.policy, 'message not finished in time');
    }
  }
}
