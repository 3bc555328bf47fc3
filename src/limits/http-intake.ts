import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import { EventLoopBudget } from './event-loop-budget';

/** Bytes that are parsed at a stretch: some thirty requests, or two hundred pieces of a body. An ordinary request is one slice. */
const SLICE_BYTES = 1_024;

type Parse = (bytes: Buffer) => void;

/**
 * Hands what comes in on HTTP connections to Node's parser in slices. The parser cannot be stopped in what it is given, and would be
 * given 64 KiB: two thousand requests, or ten thousand pieces of a body, all of which it announces though the connection is destroyed
 * at the first. Between slices it is seen whether the connection is to be read on, and whether others wait.
 */
@Injectable()
export class HttpIntake {
  /** What is to be done when a connection stops speaking HTTP. */
  private readonly ends = new WeakMap<Socket, () => void>();

  constructor(private readonly eventLoop: EventLoopBudget) {}

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.take(socket));
    const end = (_request: IncomingMessage, socket: Socket) => this.ends.get(socket)?.();
    // Before anybody puts back what followed the request: that belongs in front of the rest, which is put back here.
    server.prependListener('upgrade', end).prependListener('connect', end);
  }

  private take(socket: Socket): void {
    const [parse] = socket.listeners('data') as Parse[];
    if (!parse || socket.destroyed) return;
    const { eventLoop } = this;
    let rest: Buffer | undefined;
    let hasWaited = false;
    const goOn = (): void => {
      hasWaited = true;
      socket.resume();
    };
    const mayGoOn = (): boolean => {
      if (socket.destroyed || socket.isPaused()) return false;
      if (hasWaited || eventLoop.hasTime) return true;
      socket.pause();
      eventLoop.wait(goOn);
      return false;
    };
    const putBack = (): void => {
      if (rest && !socket.destroyed) socket.unshift(rest);
      rest = undefined;
    };
    const read = (chunk: Buffer): void => {
      rest = chunk;
      while (rest && mayGoOn()) {
        hasWaited = false;
        const slice: Buffer = rest.length > SLICE_BYTES ? rest.subarray(0, SLICE_BYTES) : rest;
        rest = rest.length > SLICE_BYTES ? rest.subarray(SLICE_BYTES) : undefined;
        parse(slice);
      }
      putBack();
    };
    // With a listener of somebody else Node reads the bytes here, rather than in its parser.
    socket.off('data', parse).on('data', read);
    this.ends.set(socket, () => {
      this.ends.delete(socket);
      socket.off('data', read);
      putBack();
    });
  }
}
