import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { type CancelTimer, Clock } from '../../platform/lifecycle/clock';
import { Settings } from '../../settings/settings';
import { Metrics } from '../../platform/metrics/metrics';
import { CLOSE } from '../protocol/close-codes';
import { refuse } from './refuse';

/**
 * Maximum time from the first byte of a message to its last, in milliseconds; with a large MAX_FRAME_BYTES, the time at
 * MIN_BYTES_PER_MS.
 */
const DEADLINE_MS = 20_000;
const MIN_BYTES_PER_MS = 2.5;
const CHECK_INTERVAL_MS = 1_000;

/** Sockets with an incomplete message. Owns the deadline; must not know what messages say. */
@Injectable()
export class UnfinishedMessages implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly since = new Map<WebSocket, number>();
  private readonly deadlineMs: number;
  private cancel: CancelTimer | undefined;

  constructor(
    settings: Settings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.deadlineMs = Math.max(DEADLINE_MS, settings.MAX_FRAME_BYTES / MIN_BYTES_PER_MS);
  }

  onApplicationBootstrap(): void {
    this.cancel = this.clock.every(CHECK_INTERVAL_MS, () => this.check());
  }

  onModuleDestroy(): void {
    this.cancel?.();
  }

  add(socket: WebSocket): void {
    if (!this.since.has(socket)) this.since.set(socket, this.clock.monotonic());
  }

  delete(socket: WebSocket): void {
    this.since.delete(socket);
  }

  private check(): void {
    const now = this.clock.monotonic();
    for (const [socket, since] of this.since) {
      if (now - since <= this.deadlineMs) return;
      // A paused socket cannot finish before its client has read, which `StalledReaders` enforces.
      if (socket.isPaused) continue;
      this.metrics.closed.inc({ cause: 'unfinished' });
      this.since.delete(socket);
      refuse(socket, CLOSE.policy, 'message not finished in time');
    }
  }
}
