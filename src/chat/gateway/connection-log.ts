import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { requestIdOf } from '../../platform/http/request-id';
import type { Settings } from '../../settings/settings';
import { trustOf } from '../../settings/proxy-trust';
import { clientAddress } from '../../limits/client-address';
import { protocolOf } from '../protocol/negotiation';

/** The access log of WebSocket connections. Its lines contain neither names nor texts of a client. */
export class ConnectionLog {
  private readonly logger = new Logger('Access');
  private readonly isTrusted;

  constructor({ TRUST_PROXY }: Readonly<Settings>) {
    this.isTrusted = trustOf(TRUST_PROXY);
  }

  /** A line when the connection opens, and one when it closes. */
  opened(socket: WebSocket, request: IncomingMessage): void {
    const openedAt = performance.now();
    const client = this.clientOf(request);
    this.logger.log(`WebSocket ${protocolOf(socket).name} opened ${client}`);
    socket.once('close', (code) => {
      this.logger.log(
        `WebSocket closed ${code} after ${Math.round((performance.now() - openedAt) / 1000)} s ${client}`,
      );
    });
  }

  refused(request: IncomingMessage, status: number): void {
    this.logger.log(`WebSocket refused ${status} ${this.clientOf(request)}`);
  }

  private clientOf(request: IncomingMessage): string {
    return `request=${requestIdOf(request)} client=${clientAddress(request, this.isTrusted)}`;
  }
}
