import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Random } from './random';
import type { Where } from './where';

/** A client whose connection can be cut. */
export interface Client {
  start(): void;
  cut(): void;
  stop(): Promise<void>;
}

export interface Listener extends Client {
  /** Stops reading for some milliseconds. */
  stall(milliseconds: number): void;
}

/** A WebSocket that reconnects until it is stopped. */
export abstract class SocketClient implements Listener {
  protected socket: WebSocket | undefined;
  /** Delay of the next reconnect in milliseconds; undefined: soon. */
  protected comeBackAfter: number | undefined;
  protected isStopped = false;
  /** Port of the connected server. */
  protected port = 0;
  private running: Promise<void> = Promise.resolve();

  constructor(
    protected readonly where: Where,
    protected readonly random: Random,
    private readonly subprotocols: string[],
  ) {}

  start(): void {
    this.running = this.run();
  }

  cut(): void {
    this.socket?.terminate();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.cut();
    await this.running;
  }

  protected abstract opened(): void;
  protected abstract received(frame: unknown): void;

  protected closed(): void {
    this.socket = undefined;
  }

  stall(milliseconds: number): void {
    const { socket } = this;
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.pause();
    setTimeout(() => socket.resume(), milliseconds);
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      this.comeBackAfter = undefined;
      await this.connection();
      await delay(this.pause());
    }
  }

  private pause(): number {
    return this.isStopped ? 0 : (this.comeBackAfter ?? this.random.whole(20, 200));
  }

  private connection(): Promise<void> {
    return new Promise((resolve) => {
      this.port = this.where();
      const socket = new WebSocket(`ws://127.0.0.1:${this.port}/ws`, this.subprotocols, { handshakeTimeout: 5_000 });
      this.socket = socket;
      socket.on('open', () => this.opened());
      socket.on('message', (data: Buffer) => this.received(JSON.parse(data.toString())));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.closed();
        resolve();
      });
    });
  }
}
