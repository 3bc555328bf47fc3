import { createClient } from '@redis/client';
import { BusLink, type LinkEvents } from './bus-link';

/**
 * The bus over Redis. One connection both publishes and listens, which takes RESP 3 (Redis 6). Redis stores nothing for
 * it. Many chats may share a Redis: `chat` says whose channel it is.
 */
export class RedisLink extends BusLink {
  private readonly client;
  private channel = '';

  constructor(
    url: string,
    private readonly chat: () => Promise<string>,
  ) {
    super();
    this.client = createClient({ url, RESP: 3, disableOfflineQueue: true, socket: { reconnectStrategy: false } });
  }

  async open({ onFrame, onLost }: LinkEvents): Promise<void> {
    this.client.on('error', onLost);
    this.client.on('end', () => onLost(new Error('the connection was closed')));
    this.channel = `chat_bus:${await this.chat()}`;
    await this.client.connect();
    await this.client.subscribe(this.channel, onFrame);
  }

  async send(frames: readonly string[]): Promise<void> {
    await Promise.all(frames.map((frame) => this.client.publish(this.channel, frame)));
  }

  async ping(): Promise<void> {
    await this.client.ping();
  }

  close(): void {
    if (this.client.isOpen) this.client.destroy();
  }
}
