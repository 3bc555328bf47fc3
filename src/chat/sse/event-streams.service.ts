import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { identityOf } from '../../access/request-identity';
import { Access } from '../../access/access';
import { HttpAnswers } from '../../limits/http-answers';
import { Epoch } from '../../messages/epoch';
import type { Encoding } from '../protocol/protocol';
import { Admission } from '../sessions/admission';
import { EventStream } from './event-stream';
import { Hub } from '../delivery/hub';
import type { Place } from '../delivery/subscription';
import { OpenStreams } from './open-streams';
import { sseEncoding } from './sse-encoding';

/** Opens event streams: the feed for clients without a WebSocket. */
@Injectable()
export class EventStreamsService {
  private readonly encoding: Encoding;

  constructor(
    private readonly hub: Hub,
    private readonly admission: Admission,
    private readonly streams: OpenStreams,
    private readonly answers: HttpAnswers,
    private readonly epoch: Epoch,
    access: Access,
  ) {
    this.encoding = sseEncoding(access.hasChanges);
  }

  /** Streams messages and changes from a place on until the client disconnects. @throws AppError when capacity is exhausted */
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
    this.streams.add(stream);
    response.on('close', () => {
      this.streams.remove(stream);
      this.hub.unsubscribe(subscription);
    });
    subscription.start(after, undefined, undefined, afterChange);
  }
}
