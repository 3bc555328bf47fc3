import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Bytes that are parsed at a stretch: some thirty requests, or two hundred pieces of a body. An ordinary request is one slice. */
const SLICE_BYTES = 1_024;
/** Slices in one turn of the event loop; beyond, each connection has one, and the others come before the next. */
const SLICES_PER_TURN = 16;

type Parse = (bytes: Buffer) => void;

/**
 * Hands what comes in on HTTP connections to Node's parser in slices. The parser cannot be stopped in what it is given, and would be
 * given 64 KiB: two thousand requests, or ten thousand pieces of a body, all of which it announces though the connection is destroyed
 * at the first. Between slices it is seen whether the connection is to be read on.
 */
export class HttpIntake {
  private slicesInTurn = 0;
  /** What is to be done when a connection stops speaking HTTP. */
  private readonly ends = new WeakMap<Socket, () => void>();

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.take(socket));
    const end = (_request: IncomingMessage, socket: Socket) => this.ends.get(socket)?.();
    // In front of those who put back what followed the request, in front of which this puts back the rest.
    server.prependListener('upgrade', end).prependListener('connect', end);
  }

  private take(socket: Socket): void {
    const [parse] = socket.listeners('data') as Parse[];
    if (!parse || socket.destroyed) return;
    let rest: Buffer | undefined;
    const read = (chunk: Buffer): void => {
      // Nearly always.
      if (chunk.length <= SLICE_BYTES) {
        this.count();
        parse(chunk);
        return;
      }
      rest = chunk;
      while (rest && this.mayGoOn(socket, rest === chunk)) {
        const slice: Buffer = rest.subarray(0, SLICE_BYTES);
        rest = rest.length > SLICE_BYTES ? rest.subarray(SLICE_BYTES) : undefined;
        parse(slice);
      }
      putBack();
    };
    const putBack = (): void => {
      if (rest && !socket.destroyed) socket.unshift(rest);
      rest = undefined;
    };
    // With a listener of somebody else Node reads the bytes here, rather than in its parser.
    socket.off('data', parse).on('data', read);
    this.ends.set(socket, () => {
      this.ends.delete(socket);
      socket.off('data', read);
      putBack();
    });
  }

  /** Whether the next slice may be parsed now; where it is only for the others' sake that it may not, it goes on by itself. */
  private mayGoOn(socket: Socket, isFirst: boolean): boolean {
    if (socket.destroyed || socket.isPaused()) return false;
    if (!isFirst && this.slicesInTurn >= SLICES_PER_TURN) {
      socket.pause();
      setImmediate(() => socket.resume());
      return false;
    }
    this.count();
    return true;
  }

  private count(): void {
    if (this.slicesInTurn === 0) setImmediate(() => (this.slicesInTurn = 0));
    this.slicesInTurn++;
  }
}
