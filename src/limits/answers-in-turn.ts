import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { Metrics } from '../platform/metrics/metrics';

/**
 * Requests that may wait behind an answer of their connection; one more ends the connection. Pausing it instead would hide that the
 * client is gone.
 */
const MAX_WAITING = 100;
/** The same for the whole process; each holds a few KiB. */
const MAX_WAITING_IN_ALL = 5_000;

/** The state of one connection. */
interface Turns {
  /** Each begins one waiting answer. */
  readonly waiting: (() => void)[];
  current: ServerResponse | undefined;
}

/**
 * One HTTP answer under way per connection: a pipelined request is handled once the answer before it is flushed to the kernel. Node
 * would handle all of them at once and buffer answers that the client does not read.
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
    // A connection that was silent for long may have a timeout for that.
    socket.setTimeout(0);
    this.turns.set(socket, turns);
    socket.once('close', () => {
      this.waitingInAll -= turns.waiting.length;
      turns.waiting.length = 0;
      // Node emits `close` only for the answer that is assigned to the socket.
      if (turns.current?.socket === null) turns.current.emit('close');
    });
    return turns;
  }

  private wait(socket: Socket, turns: Turns, begin: () => void): void {
    // Requests parsed from the same chunk as the surplus one still arrive here.
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
