import { once } from 'node:events';
import { type RawData, WebSocket } from 'ws';
import { Broken } from './verdict';
import type { Transcript } from './transcript';

export interface Frame {
  readonly type: string;
  readonly [key: string]: unknown;
}

export type Matches = (frame: Frame) => boolean;

/** One connection of a check: records all frames, and waits for the expected one. Must not know the rules. */
export class Client {
  /** Every frame received, in order. */
  readonly seen: Frame[] = [];
  private next = 0;
  private wake = (): void => undefined;
  private end: { code: number; reason: string } | undefined;

  private constructor(
    readonly socket: WebSocket,
    private readonly number: number,
    private readonly transcript: Transcript,
    private readonly timeoutMs: number,
  ) {
    socket.on('message', (data: RawData) => this.received((data as Buffer).toString()));
    socket.on('close', (code, reason) => {
      this.end = { code, reason: reason.toString() };
      transcript.add(number, '-', `closed with ${code} ${this.end.reason}`);
      this.wake();
    });
    // `close` follows.
    socket.on('error', () => undefined);
  }

  /** @throws Error when the handshake is refused, with the actual response */
  static async open(socket: WebSocket, number: number, transcript: Transcript, timeoutMs: number): Promise<Client> {
    const client = new Client(socket, number, transcript, timeoutMs);
    transcript.add(number, '-', `connects to ${socket.url}`);
    await once(socket, 'open');
    transcript.add(number, '-', `open, subprotocol "${socket.protocol}"`);
    return client;
  }

  /** Sends an object as JSON, a string as it is, bytes as a binary frame. */
  send(frame: object | string | Buffer): void {
    const data = typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame);
    this.transcript.add(this.number, '>', data.toString());
    this.socket.send(data);
  }

  /** Returns the next unread frame that matches; frames before it count as read. */
  async expect(what: string, matches: Matches): Promise<Frame> {
    const deadline = performance.now() + this.timeoutMs;
    for (;;) {
      while (this.next < this.seen.length) {
        const frame = this.seen[this.next++]!;
        if (matches(frame)) return frame;
      }
      const left = deadline - performance.now();
      if (this.end) throw new Broken(`closed with ${this.end.code} ${this.end.reason} while waiting for ${what}`);
      if (left <= 0) throw new Broken(`no ${what} within ${this.timeoutMs / 1000} s`);
      await this.somethingNew(left);
    }
  }

  expectType(type: string): Promise<Frame> {
    return this.expect(type, (frame) => frame.type === type);
  }

  /** Waits for the server's close frame. */
  async expectEnd(): Promise<{ code: number; reason: string }> {
    const deadline = performance.now() + this.timeoutMs;
    while (!this.end) {
      const left = deadline - performance.now();
      if (left <= 0) throw new Broken(`not closed within ${this.timeoutMs / 1000} s`);
      await this.somethingNew(left);
    }
    return this.end;
  }

  get isOpen(): boolean {
    return this.end === undefined;
  }

  /** All frames of this type so far, read or not. */
  all(type: string, matches: Matches = () => true): Frame[] {
    return this.seen.filter((frame) => frame.type === type && matches(frame));
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.expectEnd();
  }

  private async somethingNew(mostMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      timer = setTimeout(resolve, mostMs);
    });
    clearTimeout(timer);
  }

  private received(text: string): void {
    this.transcript.add(this.number, '<', text);
    this.seen.push(parsed(text));
    this.wake();
  }
}

/** Keeps frames outside the protocol under a type that no check expects. */
function parsed(text: string): Frame {
  try {
    const frame = JSON.parse(text) as unknown;
    if (typeof frame === 'object' && frame !== null && 'type' in frame) return frame as Frame;
  } catch {
    // Not JSON.
  }
  return { type: '(not a frame)', text };
}
