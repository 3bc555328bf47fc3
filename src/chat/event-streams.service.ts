import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Response } from 'express';
import { AppError } from '../common/app-error';
import { Settings } from '../config/settings';
import { Metrics } from '../metrics/metrics';
import { EventStream } from './event-stream';
import { Hub } from './hub';
import { SSE, SSE_HEARTBEAT } from './sse-encoding';

/** All open event streams: the feed for those who have no WebSocket. */
@Injectable()
export class EventStreamsService implements OnModuleInit {
  private readonly open = new Set<EventStream>();

  constructor(
    private readonly hub: Hub,
    private readonly settings: Settings,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('chat_event_streams', 'Open event streams', () => this.open.size);
  }

  /** Streams what follows `after`, or what comes from now on, until the client goes. @throws AppError when full */
  stream(response: Response, after: number | undefined): void {
    const limit = this.settings.MAX_CONNECTIONS;
    // Behind an unfinished answer on the same connection it would never begin, nor hear of the connection's end.
    const isBehind = response.socket === null;
    if (isBehind || (limit > 0 && this.open.size >= limit)) throw new AppError('too_many_connections');
    const stream = new EventStream(response);
    if (response.req.method === 'HEAD') {
      response.end();
      return;
    }
    const subscription = this.hub.subscribe(stream, SSE);
    this.open.add(stream);
    response.on('close', () => {
      this.open.delete(stream);
      this.hub.unsubscribe(subscription);
    });
    subscription.start(after);
  }

  beat(): void {
    for (const stream of this.open) {
      if (stream.unsent === 0) stream.write(SSE_HEARTBEAT);
    }
  }

  [Symbol.iterator](): Iterator<EventStream> {
    return this.open.values();
  }
}
