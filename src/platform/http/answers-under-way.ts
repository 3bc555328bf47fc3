import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';

/** How long what comes behind an answer waits for its end, in milliseconds. That of an event stream never comes. */
const PATIENCE_MS = 2_000;

/**
 * The answers of each connection that are not finished. Node keeps the answers to pipelined requests in order, but upgrades, and
 * what its parser refuses, are answered on the socket itself: without this, in front of an earlier answer or inside of it.
 */
@Injectable()
export class AnswersUnderWay {
  private readonly bySocket = new WeakMap<Socket, Set<ServerResponse>>();
  private readonly newest = new WeakMap<Socket, ServerResponse>();

  watch(server: Server): void {
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      const responses = this.bySocket.get(socket) ?? new Set();
      this.bySocket.set(socket, responses.add(response));
      this.newest.set(socket, response);
      response.once('close', () => responses.delete(response));
    });
  }

  /** Whether what comes now is behind a complete request whose answer is not finished. */
  isAnswering(socket: Socket): boolean {
    return (this.bySocket.get(socket)?.size ?? 0) > 0 && this.newest.get(socket)!.req.complete;
  }

  /** Whether what comes now is the rest of a request that has its answer: it was refused before it was read. */
  isBehindItsAnswer(socket: Socket): boolean {
    const response = this.newest.get(socket);
    return response !== undefined && response.headersSent && !response.req.complete;
  }

  /** Calls `proceed` when everything asked before is answered. Where that takes too long, it ends the connection instead. */
  whenDone(socket: Socket, proceed: () => void): void {
    const waiting = [...(this.bySocket.get(socket) ?? [])].filter(isOfCompleteRequest);
    if (waiting.length === 0) {
      proceed();
      return;
    }
    const late = setTimeout(() => socket.destroy(), PATIENCE_MS);
    socket.on('error', () => socket.destroy()).once('close', () => clearTimeout(late));
    // With an upgrade Node takes away the listener of its own.
    const drain = () => waiting[0]!.emit('drain');
    socket.on('drain', drain);
    const answered = (response: ServerResponse) => {
      waiting.splice(waiting.indexOf(response), 1);
      // One that was to be the last has ended the connection, as soon as the client has taken it.
      if (waiting.length > 0 || !socket.writable) return;
      clearTimeout(late);
      socket.off('drain', drain).setTimeout(0);
      proceed();
    };
    for (const response of waiting) response.once('close', () => answered(response));
  }
}

/** Of a request whose body cannot be read nothing is answered yet; what is wrong with it will be its answer. */
function isOfCompleteRequest(response: ServerResponse): boolean {
  return response.req.complete || response.headersSent;
}
