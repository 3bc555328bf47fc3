import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { V2Out } from '../../src/chat/protocol/frames';
import { until } from './until';

type Frame = V2Out[keyof V2Out];

/** Between two messages of a client; a person's pace rather than the machine's, in milliseconds. */
const PACE_MS = 400;
const UNPLANNED_MS = 100;

/**
 * A client of protocol v2 as it should be: it comes back when it is told to, resumes after the last id it has, sends again
 * under the same `client_id` what was not acknowledged, and notes what it was told.
 */
export class ResumingClient {
  /** Every message it was given, in the order it came. */
  readonly given: { readonly id: number; readonly text: string }[] = [];
  /** Text → the id it was acknowledged under. */
  readonly acknowledged = new Map<string, number>();
  /** What the server said about coming back, in milliseconds, once for each connection that ended. */
  readonly delays: (number | undefined)[] = [];
  readonly failures: string[] = [];
  private socket: WebSocket | undefined;
  private after: number | undefined;
  private pending: string | undefined;
  private count = 0;
  private isWriting = true;
  private running: Promise<void> | undefined;

  constructor(
    private readonly url: string,
    private readonly name: string,
  ) {}

  /** Resolves when it is welcomed. */
  async start(): Promise<void> {
    this.running = this.run();
    await until(() => Promise.resolve(this.isWelcome));
  }

  get cursor(): number {
    return this.after ?? 0;
  }

  /** Whether it is connected and knows where it is. */
  isWelcome = false;

  get isIdle(): boolean {
    return !this.isWriting && this.pending === undefined;
  }

  /** Sends nothing new any more; what is not acknowledged it goes on sending. */
  finish(): void {
    this.isWriting = false;
  }

  async stop(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    this.socket?.close();
    await running;
  }

  private async run(): Promise<void> {
    do {
      const comeBackAfter = await this.connection();
      if (!this.running) return;
      this.delays.push(comeBackAfter);
      await delay(comeBackAfter ?? UNPLANNED_MS);
    } while (this.isRunning());
  }

  private isRunning(): boolean {
    return this.running !== undefined;
  }

  private connection(): Promise<number | undefined> {
    return new Promise((resolve) => {
      let comeBackAfter: number | undefined;
      const socket = new WebSocket(`${this.url.replace(/^http/, 'ws')}/ws`, 'chat.v2');
      this.socket = socket;
      socket.on('open', () => this.send({ type: 'hello', username: this.name, after: this.after }));
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as Frame;
        if (frame.type === 'going_away') comeBackAfter = frame.reconnect_after_ms;
        else this.received(frame);
      });
      socket.on('error', (error) => this.failures.push(error.message));
      socket.on('close', () => {
        this.isWelcome = false;
        resolve(comeBackAfter);
      });
    });
  }

  private received(frame: Frame): void {
    switch (frame.type) {
      case 'welcome':
        this.after ??= frame.last_id;
        this.isWelcome = true;
        this.say(this.pending);
        break;
      case 'chat_message':
        this.given.push({ id: frame.id, text: frame.message });
        this.after = frame.id;
        break;
      case 'ack':
        this.acknowledged.set(frame.client_id, frame.id);
        this.pending = undefined;
        setTimeout(() => this.say(undefined), PACE_MS);
        break;
      case 'gap':
        this.failures.push(`a gap from ${frame.from} to ${frame.to}`);
        break;
      case 'error':
        if (frame.code !== 'SERVICE_UNAVAILABLE') this.failures.push(`${frame.code}: ${frame.message}`);
        // Most likely it is ending; then there is a next one by then.
        setTimeout(() => this.say(this.pending), PACE_MS);
        break;
    }
  }

  /** Says what is not acknowledged, or else something new; its text is its `client_id`. */
  private say(again: string | undefined): void {
    if (!this.isWelcome || (again === undefined && (!this.isWriting || this.pending !== undefined))) return;
    this.pending = again ?? `${this.name} ${++this.count}`;
    this.send({ type: 'chat_message', client_id: this.pending, message: this.pending });
  }

  private send(frame: object): void {
    this.socket!.send(JSON.stringify(frame));
  }
}
