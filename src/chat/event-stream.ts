import type { Response } from 'express';
import { drainedOrClosed } from './drained';
import type { Sink } from './subscription';
import { bytesTaken } from './wire';

/** One reader of Server-Sent Events. */
export class EventStream implements Sink {
  constructor(private readonly response: Response) {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      // nginx would collect the events otherwise.
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
  }

  get isOpen(): boolean {
    return !this.response.destroyed && !this.response.writableEnded;
  }

  get unsent(): number {
    return this.response.writableLength;
  }

  get taken(): number {
    return this.response.socket ? bytesTaken(this.response.socket) : 0;
  }

  write(bytes: Buffer): void {
    if (this.isOpen) this.response.write(bytes);
  }

  drained(): Promise<void> {
    return drainedOrClosed(this.response);
  }

  closeTooSlow(): void {
    this.response.destroy();
  }

  /** An orderly end after what waits; resolves when it is closed. */
  async end(): Promise<void> {
    if (this.response.closed) return;
    const closed = new Promise((resolve) => this.response.once('close', resolve));
    this.response.end();
    await closed;
  }

  cutOff(): void {
    this.response.destroy();
  }
}
