import type { Response } from 'express';
import type { Identity } from '../../access/identity';
import type { AddressBudget } from '../../limits/address-budget';
import { HttpAnswer } from '../../limits/http-answer';
import { drainedOrClosed } from '../delivery/drained';
import type { Sink } from '../delivery/subscription';

/** One reader of Server-Sent Events: an HTTP response without an end. Owns its headers and its backlog. */
export class EventStream extends HttpAnswer implements Sink {
  constructor(
    response: Response,
    readonly address: AddressBudget | undefined,
    /** The reader's identity; the stream ends when it expires. */
    readonly identity: Identity,
    epoch: string,
  ) {
    super(response);
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      // Stops nginx from buffering the events.
      'X-Accel-Buffering': 'no',
      'Chat-Epoch': epoch,
    });
    response.flushHeaders();
  }

  get isOpen(): boolean {
    return !this.response.destroyed && !this.response.writableEnded;
  }

  write(bytes: Buffer): void {
    if (this.isOpen) this.response.write(bytes);
  }

  drained(): Promise<void> {
    return drainedOrClosed(this.response);
  }

  closeTooSlow(): void {
    this.cutOff();
  }

  /** Ends the response after the unsent bytes; resolves when it is closed. */
  async end(): Promise<void> {
    if (this.response.closed) return;
    const closed = new Promise((resolve) => this.response.once('close', resolve));
    this.response.end();
    await closed;
  }
}
