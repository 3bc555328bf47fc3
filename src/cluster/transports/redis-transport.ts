import { createClient } from '@redis/client';
import { BusTransport, type LinkEvents } from './bus-transport';

/** Less than the bus waits for a link, so that an attempt it gave up leaves no socket behind; in milliseconds. */
const CONNECT_TIMEOUT_MS = 2_500;

/**
 * The bus over Redis. One connection both publishes and listens, which takes RESP 3 (Redis 6). Redis stores nothing for
 * it. Many chats may share a Redis: `database` says whose channel it is.
 */
export class RedisTransport extends BusTransport {
  private readonly client;
  private readonly channel: string;
  private isClosed = false;

  constructor(url: string, database: string) {
    super();
    // Another form of the frames needs another name.
    this.channel = `chat_bus_2:${database}`;
    const socket = { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS } as const;
    this.client = createClient({ url, RESP: 3, disableOfflineQueue: true, socket });
  }

  async open({ onFrame, onLost }: LinkEvents): Promise<void> {
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

  /** The client goes on connecting when it is destroyed meanwhile, and would listen for ever. */
  private endIfClosed(): void {
    if (!this.isClosed) return;
    this.client.destroy();
    throw new Error('the link was closed while it was being opened');
  }
}
