import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { V2Out } from '../../src/chat/protocol/frames';
import { until } from './until';

type Frame = V2Out[keyof V2Out];

/** Delay between two messages of a client in ms: human pace. */
const PACE_MS = 400;
/** Reconnect delay in ms after a close without `going_away`. */
const UNPLANNED_MS = 100;

/**
 * A well-behaved v2 client: reconnects after the delay in `going_away`, resumes after its last id, repeats
 * unacknowledged messages under the same `client_id`, and records everything it receives.
 */
export class ResumingClient {
  /** Every message received, in order of arrival. */
  readonly delivered: { readonly id: number; readonly text: string }[] = [];
  /** Text → acknowledged id. */
  readonly acknowledged = new Map<string, number>();
  /** Reconnect delay in ms from `going_away`, one per ended connection; undefined: closed without one. */
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

  /** Connects; resolves after `welcome`. */
  async start(): Promise<void> {
    this.running = this.run();
    await until(() => Promise.resolve(this.isWelcome));
  }

  get cursor(): number {
    return this.after ?? 0;
  }

  /** Whether the client is connected and has received `welcome`. */
  isWelcome = false;

  get isIdle(): boolean {
    return !this.isWriting && this.pending === undefined;
  }

  /** Sends no further messages, but keeps repeating an unacknowledged one. */
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
      const reconnectAfterMs = await this.connection();
      if (!this.running) return;
      this.delays.push(reconnectAfterMs);
      await delay(reconnectAfterMs ?? UNPLANNED_MS);
    } while (this.isRunning());
  }

  private isRunning(): boolean {
    return this.running !== undefined;
  }

  private connection(): Promise<number | undefined> {
    return new Promise((resolve) => {
      let reconnectAfterMs: number | undefined;
      const socket = new WebSocket(`${this.url.replace(/^http/, 'ws')}/ws`, 'chat.v2');
      this.socket = socket;
      socket.on('open', () => this.send({ type: 'hello', username: this.name, after: this.after }));
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as Frame;
        if (frame.type === 'going_away') reconnectAfterMs = frame.reconnect_after_ms;
        else this.received(frame);
      });
      socket.on('error', (error) => this.failures.push(error.message));
      socket.on('close', () => {
        this.isWelcome = false;
        resolve(reconnectAfterMs);
      });
    });
  }

  private received(frame: Frame): void {
    switch (frame.type) {
      case 'welcome':
        this.after ??= frame.last_id;
        this.isWelcome = true;
        this.sendMessage(this.pending);
        break;
      case 'chat_message':
        this.delivered.push({ id: frame.id, text: frame.message });
        this.after = frame.id;
        break;
      case 'ack':
        this.acknowledged.set(frame.client_id, frame.id);
        this.pending = undefined;
        setTimeout(() => this.sendMessage(undefined), PACE_MS);
        break;
      case 'gap':
        this.failures.push(`a gap from ${frame.from} to ${frame.to}`);
        break;
      case 'error':
        if (frame.code !== 'SERVICE_UNAVAILABLE') this.failures.push(`${frame.code}: ${frame.message}`);
        // Most likely the server is draining: a new connection exists by then.
        setTimeout(() => this.sendMessage(this.pending), PACE_MS);
        break;
    }
  }

  /** Repeats an unacknowledged message, or sends a new one. The text is also the `client_id`. */
  private sendMessage(again: string | undefined): void {
    if (!this.isWelcome || (again === undefined && (!this.isWriting || this.pending !== undefined))) return;
    this.pending = again ?? `${this.name} ${++this.count}`;
    this.send({ type: 'chat_message', client_id: this.pending, message: this.pending });
  }

  private send(frame: object): void {
    this.socket!.send(JSON.stringify(frame));
  }
}
