import { Injectable, OnModuleInit } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { wireTimestamp } from '../common/timestamps';
import { MessageFeed } from '../messages/message-feed';
import type { StoredMessage } from '../messages/stored-message';
import type { Connection } from './connection';
import { encodeFrames } from './encoded-frame';

/**
 * All open connections, and the way out to them: a batch is encoded once and costs each connection one write.
 * It must not know where messages come from, who is present or what a client sent.
 */
@Injectable()
export class Hub implements OnModuleInit {
  private readonly open = new Map<WebSocket, Connection>();
  private readonly perAddress = new Map<string, number>();

  constructor(private readonly feed: MessageFeed) {}

  onModuleInit(): void {
    this.feed.subscribe((batch) => this.deliver(batch));
  }

  add(connection: Connection): void {
    this.open.set(connection.socket, connection);
    this.perAddress.set(connection.address, this.countFrom(connection.address) + 1);
  }

  remove(connection: Connection): void {
    this.open.delete(connection.socket);
    const left = this.countFrom(connection.address) - 1;
    if (left === 0) this.perAddress.delete(connection.address);
    else this.perAddress.set(connection.address, left);
  }

  /** The connection of a socket; undefined for one that was refused or is gone. */
  of(socket: WebSocket): Connection | undefined {
    return this.open.get(socket);
  }

  get size(): number {
    return this.open.size;
  }

  countFrom(address: string): number {
    return this.perAddress.get(address) ?? 0;
  }

  connections(): Iterable<Connection> {
    return this.open.values();
  }

  /** One frame to every open connection. */
  announce(frame: object): void {
    this.write(encodeFrames([JSON.stringify(frame)]));
  }

  private deliver(batch: readonly StoredMessage[]): void {
    this.write(
      encodeFrames(
        batch.map(({ username, message, createdAt }) =>
          JSON.stringify({ type: 'chat_message', username, message, timestamp: wireTimestamp(createdAt) }),
        ),
      ),
    );
  }

  private write(frames: Buffer): void {
    for (const connection of this.open.values()) connection.write(frames);
  }
}
