import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Application } from 'express';
import proxyAddr from 'proxy-addr';
import type { WebSocket } from 'ws';
import { chooseLanguage } from '../common/language';
import { isAllowedOrigin } from '../config/origins';
import { Settings } from '../config/settings';
import { Metrics } from '../metrics/metrics';
import { CLOSE, Connection } from './connection';
import { Connections } from './connections';
import { protocolOf } from './protocols';

/**
 * Who may hold a connection: origin and connection limits. The refusal is a close code, because a browser's script
 * cannot see the HTTP status of a failed handshake.
 */
@Injectable()
export class Admission {
  constructor(
    private readonly settings: Settings,
    private readonly connections: Connections,
    private readonly http: HttpAdapterHost,
    private readonly metrics: Metrics,
  ) {}

  /** The connection of a new socket, or nothing when it was refused and is closing. */
  admit(socket: WebSocket, request: IncomingMessage): Connection | undefined {
    const { settings } = this;
    if (!isAllowedOrigin(request.headers.origin, settings)) {
      this.metrics.closed.inc({ cause: 'origin' });
      socket.close(CLOSE.policy, 'origin not allowed');
      return undefined;
    }
    // Asking the kernel for it costs as much as all the rest here.
    const address = settings.MAX_CONNECTIONS_PER_IP > 0 ? proxyAddr(request, this.trust()) : undefined;
    if (
      isFull(this.connections.size, settings.MAX_CONNECTIONS) ||
      (address !== undefined && isFull(this.connections.countFrom(address), settings.MAX_CONNECTIONS_PER_IP))
    ) {
      this.metrics.closed.inc({ cause: 'too_many' });
      socket.close(CLOSE.tooMany, 'too many connections');
      return undefined;
    }
    return new Connection(
      socket,
      address,
      chooseLanguage(request.headers['accept-language'], settings.DEFAULT_LANGUAGE),
      protocolOf(socket),
      settings.SLOW_CONSUMER_BYTES,
    );
  }

  /** The same rule by which Express finds the address of an HTTP client. */
  private trust(): (address: string, hop: number) => boolean {
    const express = this.http.httpAdapter.getInstance<Application>();
    return express.get('trust proxy fn') as (address: string, hop: number) => boolean;
  }
}

function isFull(count: number, limit: number): boolean {
  return limit > 0 && count >= limit;
}
