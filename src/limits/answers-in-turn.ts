import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { Metrics } from '../platform/metrics/metrics';

/**
 * Maximum pipelined requests waiting per connection; one more closes the connection. Pausing the socket instead would hide that
 * the client has disconnected.
 */
const MAX_WAITING = 100;
/** The same limit for the whole process; each waiting request holds a few KiB. */
const MAX_TOTAL_WAITING = 5_000;

/** The pipeline of one connection. */
interface Pipeline {
  /** Starts of the waiting requests' handling, in order. */
  readonly waiting: (() => void)[];
  current: ServerResponse | undefined;
}

/**
 * One HTTP answer in progress per connection (RFC 9112, 9.3.2): a pipelined request is handled once the previous answer is
 * flushed to the kernel. Node would handle all of them at once and buffer answers that the client does not read.
 */
@Injectable()
export class AnswersInTurn implements NestMiddleware {
  private readonly pipelines = new WeakMap<Socket, Pipeline>();
  private totalWaiting = 0;

  constructor(private readonly metrics: Metrics) {}

  /** Must precede every middleware that can answer. */
  use(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    const { socket } = request;
    const pipeline = this.pipelines.get(socket) ?? this.newPipeline(socket);
    const handle = (): void => {
      pipeline.current = response;
      response.once('close', () => this.ended(socket, pipeline));
      next();
    };
    if (pipeline.current) this.wait(socket, pipeline, handle);
    else handle();
  }

  private newPipeline(socket: Socket): Pipeline {
    const pipeline: Pipeline = { waiting: [], current: undefined };
    // A timeout left over from when the connection was idle would close it while it waits for its answer.
    socket.setTimeout(0);
    this.pipelines.set(socket, pipeline);
    socket.once('close', () => {
      this.totalWaiting -= pipeline.waiting.length;
      pipeline.waiting.length = 0;
      // Node emits `close` only for the answer that is assigned to the socket.
      if (pipeline.current?.socket === null) pipeline.current.emit('close');
    });
    return pipeline;
  }

  private wait(socket: Socket, pipeline: Pipeline, handle: () => void): void {
    // Requests parsed from the same chunk as the excess one still arrive here.
    if (socket.destroyed) return;
    if (pipeline.waiting.length === MAX_WAITING || this.totalWaiting === MAX_TOTAL_WAITING) {
      this.metrics.closed.inc({ cause: 'pipelined' });
      socket.destroy();
      return;
    }
    pipeline.waiting.push(handle);
    this.totalWaiting++;
  }

  private ended(socket: Socket, pipeline: Pipeline): void {
    pipeline.current = undefined;
    if (!socket.writable) return;
    const next = pipeline.waiting.shift();
    if (!next) return;
    this.totalWaiting--;
    next();
  }
}
