import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** Time for the answers ahead to finish before the connection is ended, in milliseconds: an event stream never finishes. */
const TIMEOUT_MS = 2_000;

/**
 * The unfinished answers of each connection. Node keeps the answers to pipelined requests in order, but upgrades, and requests its
 * parser rejects, are answered on the socket itself: without this, ahead of an earlier answer or in the middle of it.
 */
@Injectable()
export class AnswersInProgress implements OnModuleInit {
  private readonly bySocket = new WeakMap<Socket, Set<ServerResponse>>();
  private readonly newest = new WeakMap<Socket, ServerResponse>();

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      const responses = this.bySocket.get(socket) ?? new Set();
      this.bySocket.set(socket, responses.add(response));
      this.newest.set(socket, response);
      response.once('close', () => responses.delete(response));
    });
  }

  /** Whether the next bytes follow a complete request whose answer is unfinished. */
  isAnswering(socket: Socket): boolean {
    return (this.bySocket.get(socket)?.size ?? 0) > 0 && this.newest.get(socket)!.req.complete;
  }

  /** Whether the next bytes are the rest of a request that was answered before it was read to its end. */
  isBehindItsAnswer(socket: Socket): boolean {
    const response = this.newest.get(socket);
    return response !== undefined && response.headersSent && !response.req.complete;
  }

  /** Calls `proceed` once every earlier request is answered; ends the connection instead where that takes too long. */
  whenDone(socket: Socket, proceed: () => void): void {
    const waiting = [...(this.bySocket.get(socket) ?? [])].filter(isOfCompleteRequest);
    if (waiting.length === 0) {
      proceed();
      return;
    }
    const destroy = () => void socket.destroy();
    const late = setTimeout(destroy, TIMEOUT_MS);
    const forget = () => clearTimeout(late);
    // On an upgrade Node removes its own listeners.
    const drain = () => waiting[0]!.emit('drain');
    socket.on('error', destroy).on('close', forget).on('drain', drain);
    const answered = (response: ServerResponse) => {
      waiting.splice(waiting.indexOf(response), 1);
      // An answer with `Connection: close` ends the socket once the client has read it.
      if (waiting.length > 0 || !socket.writable) return;
      forget();
      // Listeners must not accumulate: a connection can offer another protocol with each of its requests.
      socket.off('error', destroy).off('close', forget).off('drain', drain).setTimeout(0);
      proceed();
    };
    for (const response of waiting) response.once('close', () => answered(response));
  }
}

/** A request whose body cannot be read is unanswered: its fault becomes its answer. */
function isOfCompleteRequest(response: ServerResponse): boolean {
  return response.req.complete || response.headersSent;
}
