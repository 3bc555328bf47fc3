import { withDeadline } from '../platform/lifecycle/deadline';
import type { BusTransport } from './transports/bus-transport';

/** UTF-16 units that may wait while earlier frames are on their way. */
const MAX_QUEUED_LENGTH = 8 * 1024 * 1024;

/** How long the server may take to take frames, in milliseconds. */
const PATIENCE_MS = 3_000;

/** What waits to be sent over one link: all that comes while frames are on their way goes together, as one request. */
export class Outbox {
  private frames: string[] = [];
  private length = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly link: BusTransport,
    private readonly onSent: (frames: number) => void,
    private readonly onFailure: (error: Error) => void,
  ) {}

  /** Takes a frame; false when too much waits. */
  put(frame: string): boolean {
    if (this.length + frame.length > MAX_QUEUED_LENGTH) return false;
    this.frames.push(frame);
    this.length += frame.length;
    this.running ??= this.run();
    return true;
  }

  /** Resolves when nothing waits any more, because it was sent or cannot be. */
  async flushed(): Promise<void> {
    while (this.running) await this.running;
  }

  get waiting(): number {
    return this.frames.length;
  }

  private async run(): Promise<void> {
    try {
      while (this.frames.length > 0) {
        const frames = this.frames;
        this.frames = [];
        this.length = 0;
        await withDeadline(this.link.send(frames), PATIENCE_MS, 'sending');
        this.onSent(frames.length);
      }
    } catch (error) {
      this.onFailure(error as Error);
    } finally {
      this.running = undefined;
    }
  }
}
