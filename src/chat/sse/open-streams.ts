import { Injectable, OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../platform/metrics/metrics';
import { Capacity } from '../sessions/capacity';
import type { EventStream } from './event-stream';
import { SSE_HEARTBEAT } from './sse-encoding';

/** All open event streams. Owns the set and the capacity it takes. Must not know what they deliver. */
@Injectable()
export class OpenStreams implements OnModuleInit {
  private readonly open = new Set<EventStream>();

  constructor(
    private readonly capacity: Capacity,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('chat_event_streams', 'Open event streams', () => this.open.size);
  }

  add(stream: EventStream): void {
    this.open.add(stream);
    this.capacity.acquire(stream.address);
  }

  remove(stream: EventStream): void {
    if (this.open.delete(stream)) this.capacity.release(stream.address);
  }

  /** A comment line to each idle stream: proxies close a quiet connection. */
  heartbeat(): void {
    for (const stream of this.open) {
      if (stream.unsent === 0) stream.write(SSE_HEARTBEAT);
    }
  }

  /** Ends the streams whose token has expired, after their unsent bytes. @param now epoch milliseconds */
  endExpired(now: number): void {
    for (const stream of this.open) {
      const { expiresAt } = stream.identity;
      if (expiresAt === undefined || expiresAt > now || !stream.isOpen) continue;
      this.metrics.closed.inc({ cause: 'token_expired' });
      void stream.end();
    }
  }

  [Symbol.iterator](): IterableIterator<EventStream> {
    return this.open.values();
  }
}
