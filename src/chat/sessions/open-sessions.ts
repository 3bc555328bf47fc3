import { Injectable, OnModuleInit } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { Metrics } from '../../platform/metrics/metrics';
import { PROTOCOL_V1 } from '../protocol/protocol-v1';
import { PROTOCOL_V2 } from '../protocol/protocol-v2';
import { Capacity } from './capacity';
import type { Session } from './session';

/** The sessions of all open WebSocket connections. Owns the set and the capacity it takes. */
@Injectable()
export class OpenSessions implements OnModuleInit {
  private readonly bySocket = new Map<WebSocket, Session>();

  constructor(
    private readonly capacity: Capacity,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gaugeBy('chat_connections', 'Open WebSocket connections', 'protocol', () => this.countByProtocol());
  }

  add(session: Session): void {
    this.bySocket.set(session.connection.socket, session);
    this.capacity.acquire(session.connection.address);
  }

  remove({ connection }: Session): void {
    if (this.bySocket.delete(connection.socket)) this.capacity.release(connection.address);
  }

  /** Undefined for a socket that was refused or is closed. */
  of(socket: WebSocket): Session | undefined {
    return this.bySocket.get(socket);
  }

  get size(): number {
    return this.bySocket.size;
  }

  [Symbol.iterator](): IterableIterator<Session> {
    return this.bySocket.values();
  }

  private countByProtocol(): Record<string, number> {
    const counts: Record<string, number> = { [PROTOCOL_V1.name]: 0, [PROTOCOL_V2.name]: 0 };
    for (const { protocol } of this.bySocket.values()) counts[protocol.name]!++;
    return counts;
  }
}
