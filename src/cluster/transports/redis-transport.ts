import { createClient } from '@redis/client';
import { BusTransport, type TransportEvents } from './bus-transport';

/** Connect timeout in milliseconds: less than that of the bus, so that an abandoned attempt leaves no socket behind. */
const CONNECT_TIMEOUT_MS = 2_500;

/**
 * The bus over Redis Pub/Sub. One connection both publishes and subscribes, which needs RESP 3 (Redis 6). Redis stores nothing.
 * Chats may share a Redis: the channel is named after their database.
 */
export class RedisTransport extends BusTransport {
  private readonly client;
  private readonly channel: string;
  private isClosed = false;

  constructor(url: string, database: string) {
    super();
    // A change of the frame format needs a new name.
    this.channel = `chat_bus_2:${database}`;
    const socket = { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS } as const;
    this.client = createClient({ url, RESP: 3, disableOfflineQueue: true, socket });
  }

  async open({ onFrame, onLost }: TransportEvents): Promise<void> {
    this.client.on('error', onLost);
    this.client.on('end', () => onLost(new Error('the connection was closed')));
    await this.client.connect();
    this.endIfClosed();
    await this.client.subscribe(this.channel, onFrame);
    this.endIfClosed();
  }

  async send(frames: readonly string[]): Promise<void> {
    await Promise.all(frames.map((frame) => this.client.publish(this.channel, frame)));
  }

  async ping(): Promise<void> {
    await this.client.ping();
  }

  close(): void {
    this.isClosed = true;
    this.client.destroy();
  }

  /** A client destroyed while connecting completes the connection anyway, and would stay subscribed. */
  private endIfClosed(): void {
    if (!this.isClosed) return;
    this.client.destroy();
    throw new Error('the transport was closed while it was opened');
  }
}
