import { Injectable, OnModuleInit } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { Metrics } from '../../platform/metrics/metrics';
import { Capacity } from './capacity';
import type { Connection } from './connection';
import { PROTOCOL_V1 } from '../protocol/protocol-v1';
import { PROTOCOL_V2 } from '../protocol/protocol-v2';

/** All open WebSocket connections. */
@Injectable()
export class Connections implements OnModuleInit {
  private readonly open = new Map<WebSocket, Connection>();

  constructor(
    private readonly capacity: Capacity,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gaugeBy('chat_connections', 'Open WebSocket connections', 'protocol', () => this.countByProtocol());
  }

  add(connection: Connection): void {
    this.open.set(connection.socket, connection);
    this.capacity.take(connection.address);
  }

  remove(connection: Connection): void {
    if (this.open.delete(connection.socket)) this.capacity.giveBack(connection.address);
  }

  /** The connection of a socket; undefined for one that was refused or is gone. */
  of(socket: WebSocket): Connection | undefined {
    return this.open.get(socket);
  }

  get size(): number {
    return this.open.size;
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.open.values();
  }

  private countByProtocol(): Record<string, number> {
    const counts: Record<string, number> = { [PROTOCOL_V1.name]: 0, [PROTOCOL_V2.name]: 0 };
    for (const { protocol } of this.open.values()) counts[protocol.name]!++;
    return counts;
  }
}
