import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Response } from 'express';
import { identityOf } from '../../access/request-identity';
import { Access } from '../../access/access';
import { HttpAnswers } from '../../limits/http-answers';
import { Epoch } from '../../messages/epoch';
import { Metrics } from '../../platform/metrics/metrics';
import type { Encoding } from '../protocol/protocol';
import { Admission } from '../sessions/admission';
import { Capacity } from '../sessions/capacity';
import { EventStream } from './event-stream';
import { Hub } from '../delivery/hub';
import type { Place } from '../delivery/subscription';
import { SSE_HEARTBEAT, sseEncoding } from './sse-encoding';

/** All open event streams: the feed for clients without a WebSocket. Owns which there are. */
@Injectable()
export class EventStreamsService implements OnModuleInit {
  private readonly open = new Set<EventStream>();
  private readonly encoding: Encoding;

  constructor(
    private readonly hub: Hub,
    private readonly admission: Admission,
    private readonly capacity: Capacity,
    private readonly answers: HttpAnswers,
    private readonly metrics: Metrics,
    private readonly epoch: Epoch,
    access: Access,
  ) {
    this.encoding = sseEncoding(access.hasChanges);
  }

  onModuleInit(): void {
    this.metrics.gauge('chat_event_streams', 'Open event streams', () => this.open.size);
  }

  /** Streams messages and changes from a place on until the client disconnects. @throws AppError where it is full */
  stream(response: Response, { after, afterChange }: Place): void {
    // The connection closed while the request waited for its turn: `close` will not be emitted again.
    if (response.destroyed) return;
    const address = this.admission.admitStream(response.req);
    const stream = new EventStream(response, address, identityOf(response.req), this.epoch.value);
    if (response.req.method === 'HEAD') {
      response.end();
      return;
    }
    this.answers.handOver(response);
    const subscription = this.hub.subscribe(stream, this.encoding);
    this.open.add(stream);
    this.capacity.take(address);
    response.on('close', () => {
      this.open.delete(stream);
      this.capacity.giveBack(address);
      this.hub.unsubscribe(subscription);
    });
    subscription.start(after, undefined, undefined, afterChange);
  }

  /** A comment line to each idle stream: proxies close a quiet connection. */
  heartbeat(): void {
    for (const stream of this.open) {
      if (stream.unsent === 0) stream.write(SSE_HEARTBEAT);
    }
  }

  /** Ends the streams whose token has ended, behind what is unsent. @param now epoch milliseconds */
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
