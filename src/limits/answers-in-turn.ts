import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { Metrics } from '../platform/metrics/metrics';

/**
 * Requests that may wait behind an answer of their connection; one more ends it. To read no more for a while instead would miss
 * that the client is gone.
 */
const MAX_WAITING = 100;
/** The same for the whole process: each holds some KiB. */
const MAX_WAITING_IN_ALL = 5_000;

/** What is known of one connection. */
interface Turns {
  /** Begin the answers that wait. */
  readonly waiting: (() => void)[];
  current: ServerResponse | undefined;
}

/**
 * One HTTP answer under way per connection: a request that was sent ahead (pipelined) is handled when the kernel has taken the
 * answer before. Node would handle all of them at once, and keep what nobody reads.
 */
@Injectable()
export class AnswersInTurn implements NestMiddleware {
  private readonly turns = new WeakMap<Socket, Turns>();
  private waitingInAll = 0;

  constructor(private readonly metrics: Metrics) {}

  /** Must be the first middleware: nothing may answer ahead of it. */
  use(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    const { socket } = request;
    const turns = this.turns.get(socket) ?? this.newcomer(socket);
    const begin = (): void => {
      turns.current = response;
      response.once('close', () => this.ended(socket, turns));
      next();
    };
    if (turns.current) this.wait(socket, turns, begin);
    else begin();
  }

  private newcomer(socket: Socket): Turns {
    const turns: Turns = { waiting: [], current: undefined };
    // It may have been silent for long, and have a time for that.
    socket.setTimeout(0);
    this.turns.set(socket, turns);
    socket.once('close', () => {
      this.waitingInAll -= turns.waiting.length;
      turns.waiting.length = 0;
      // Node tells only an answer that has the socket already.
      if (turns.current?.socket === null) turns.current.emit('close');
    });
    return turns;
  }

  private wait(socket: Socket, turns: Turns, begin: () => void): void {
    // What else was in the same piece as the request that was too much still comes here.
    if (socket.destroyed) return;
    if (turns.waiting.length === MAX_WAITING || this.waitingInAll === MAX_WAITING_IN_ALL) {
      this.metrics.closed.inc({ cause: 'pipelined' });
      socket.destroy();
      return;
    }
    turns.waiting.push(begin);
    this.waitingInAll++;
  }

  private ended(socket: Socket, turns: Turns): void {
    turns.current = undefined;
    if (!socket.writable) return;
    const next = turns.waiting.shift();
    if (!next) return;
    this.waitingInAll--;
    next();
  }
}
