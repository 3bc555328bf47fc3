import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { EventLoopBudget } from './event-loop-budget';

/** Bytes parsed without interruption: about 30 minimal requests, or 200 body chunks. An ordinary request is one slice. */
const SLICE_BYTES = 1_024;

type Parse = (bytes: Buffer) => void;

/**
 * Feeds the bytes of HTTP connections to Node's parser in slices. The parser cannot be interrupted, and Node would pass it 64
 * KiB at once: 2,000 requests or 10,000 body chunks, each with its event, even if the first one destroys the connection.
 * Between slices, a connection that was paused or destroyed stops, and one that exceeds the event loop's budget waits.
 */
@Injectable()
export class HttpIntake {
  /** Run when a connection is upgraded or becomes a tunnel. */
  private readonly ends = new WeakMap<Socket, () => void>();

  constructor(private readonly eventLoop: EventLoopBudget) {}

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.take(socket));
    const end = (_request: IncomingMessage, socket: Socket) => this.ends.get(socket)?.();
    // Before other listeners unshift the bytes that followed the request: those belong in front of the ones unshifted here.
    server.prependListener('upgrade', end).prependListener('connect', end);
  }

  private take(socket: Socket): void {
    const [parse] = socket.listeners('data') as Parse[];
    if (!parse || socket.destroyed) return;
    const { eventLoop } = this;
    let rest: Buffer | undefined;
    let hasWaited = false;
    const resume = (): void => {
      hasWaited = true;
      socket.resume();
    };
    const mayContinue = (): boolean => {
      if (socket.destroyed || socket.isPaused()) return false;
      if (hasWaited || eventLoop.hasTime) return true;
      socket.pause();
      eventLoop.wait(resume);
      return false;
    };
    const putBack = (): void => {
      if (rest && !socket.destroyed) socket.unshift(rest);
      rest = undefined;
    };
    const read = (chunk: Buffer): void => {
      rest = chunk;
      while (rest && mayContinue()) {
        hasWaited = false;
        const slice: Buffer = rest.length > SLICE_BYTES ? rest.subarray(0, SLICE_BYTES) : rest;
        rest = rest.length > SLICE_BYTES ? rest.subarray(SLICE_BYTES) : undefined;
        parse(slice);
      }
      putBack();
    };
    // Replacing its `data` listener also makes Node read in JavaScript, rather than directly in its parser.
    socket.off('data', parse).on('data', read);
    this.ends.set(socket, () => {
      this.ends.delete(socket);
      socket.off('data', read);
      putBack();
    });
  }
}
