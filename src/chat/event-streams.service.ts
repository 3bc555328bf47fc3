import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Response } from 'express';
import { AppError } from '../common/app-error';
import { Metrics } from '../metrics/metrics';
import { Admission } from './admission';
import { Capacity } from './capacity';
import { EventStream } from './event-stream';
import { Hub } from './hub';
import { SSE, SSE_HEARTBEAT } from './sse-encoding';

/** All open event streams: the feed for those who have no WebSocket. */
@Injectable()
export class EventStreamsService implements OnModuleInit {
  private readonly open = new Set<EventStream>();

  constructor(
    private readonly hub: Hub,
    private readonly admission: Admission,
    private readonly capacity: Capacity,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge('chat_event_streams', 'Open event streams', () => this.open.size);
  }

  /** Streams what follows `after`, or what comes from now on, until the client goes. @throws AppError when full */
  stream(response: Response, after: number | undefined): void {
    // Behind an unfinished answer on the same connection it would never begin, nor hear of the connection's end.
    if (response.socket === null) throw new AppError('too_many_connections');
    const address = this.admission.admitStream(response.req);
    const stream = new EventStream(response);
    if (response.req.method === 'HEAD') {
      response.end();
      return;
    }
    const subscription = this.hub.subscribe(stream, SSE);
    this.open.add(stream);
    this.capacity.take(address);
    response.on('close', () => {
      this.open.delete(stream);
      this.capacity.giveBack(address);
      this.hub.unsubscribe(subscription);
    });
    subscription.start(after);
  }

  beat(): void {
    for (const stream of this.open) {
      if (stream.unsent === 0) stream.write(SSE_HEARTBEAT);
    }
  }

  [Symbol.iterator](): IterableIterator<EventStream> {
    return this.open.values();
  }
}
