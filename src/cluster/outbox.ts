import { withDeadline } from '../platform/lifecycle/deadline';
import type { BusTransport } from './transports/bus-transport';

/** Maximum UTF-16 units queued while earlier frames are sent. */
const MAX_QUEUED_LENGTH = 8 * 1024 * 1024;
/** Time for the server to accept frames, in milliseconds. */
const SEND_TIMEOUT_MS = 3_000;

/** Frames waiting for one transport: those that arrive while others are sent go together, in one request. */
export class Outbox {
  private frames: string[] = [];
  private length = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly transport: Pick<BusTransport, 'send'>,
    private readonly onSent: (frames: number) => void,
    private readonly onFailure: (error: Error) => void,
  ) {}

  /** Queues a frame. False when the queue is full; the frame is then dropped. */
  put(frame: string): boolean {
    if (this.length + frame.length > MAX_QUEUED_LENGTH) return false;
    this.frames.push(frame);
    this.length += frame.length;
    this.running ??= this.run();
    return true;
  }

  /** Resolves when the queue is empty: everything was sent, or sending failed. */
  async flushed(): Promise<void> {
    while (this.running) await this.running;
  }

  /** Number of frames queued. */
  get waiting(): number {
    return this.frames.length;
  }

  private async run(): Promise<void> {
    try {
      while (this.frames.length > 0) {
        const frames = this.frames;
        this.frames = [];
        this.length = 0;
        await withDeadline(this.transport.send(frames), SEND_TIMEOUT_MS, 'sending');
        this.onSent(frames.length);
      }
    } catch (error) {
      this.onFailure(error as Error);
    } finally {
      this.running = undefined;
    }
  }
}
