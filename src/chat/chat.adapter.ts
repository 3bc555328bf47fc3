import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type INestApplication, Logger } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Drain } from '../common/drain';
import type { ErrorReason } from '../common/error-table';
import { chooseLanguage } from '../common/language';
import { sendRawHttpError } from '../common/raw-http-error';
import { Settings } from '../config/settings';
import { readFrame } from './incoming-frame';
import { chooseSubprotocol, protocolOf } from './protocols';

interface Handler {
  readonly message: string;
  readonly callback: (data: unknown) => unknown;
}

/**
 * Between `ws` and the gateway: takes upgrades, limits frames and turns them into Nest's events. Nest's own adapter would
 * drop what it cannot dispatch without a word.
 */
export class ChatAdapter extends WsAdapter {
  private readonly settings: Settings;
  private readonly clock: Clock;
  private readonly drain: Drain;

  constructor(app: INestApplication) {
    super(app);
    this.settings = app.get(Settings);
    this.clock = app.get(Clock);
    this.drain = app.get(Drain);
  }

  override create(port: number, options: Record<string, unknown>): WebSocketServer {
    const server = super.create(port, {
      ...options,
      maxPayload: this.settings.MAX_FRAME_BYTES,
      perMessageDeflate: false,
      autoPong: false,
      handleProtocols: chooseSubprotocol,
    }) as WebSocketServer;
    server.on('wsClientError', (_error, socket, request) => this.refuse(socket, request, 'handshake'));
    return server;
  }

  /** A client's protocol errors (1007, 1009, a lost connection) are its own affair, not lines in the log. */
  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    server.on('connection', (socket) => socket.on('error', () => undefined));
    server.on('error', (error) => new Logger('WebSocket').error(error));
    return server;
  }

  override bindMessageHandlers(client: WebSocket, handlers: Handler[]): void {
    const protocol = protocolOf(client);
    const callbacks = new Map(handlers.map(({ message, callback }) => [message, callback]));
    let handled: Promise<unknown> = Promise.resolve();
    let group: { readonly event: string; readonly frames: unknown[] } | undefined;
    client.on('message', (bytes: Buffer, isBinary: boolean) => {
      const { event, data } = readFrame(protocol, bytes, isBinary);
      if (group?.event === event) {
        group.frames.push(data);
        return;
      }
      // Frames of one type that arrive in one read of the socket are one event. Nest's proxy calls the gateway some microtasks
      // later, and what comes next waits for that: the chain is as long as one read of the socket at most.
      const current = { event, frames: [data] };
      group = current;
      handled = handled.then(() => {
        if (group === current) group = undefined;
        return callbacks.get(event)!(current.frames);
      });
    });
  }

  protected override ensureHttpServerExists(port: number, httpServer: Server): Server {
    if (this.httpServersRegistry.has(port)) return httpServer;
    this.httpServersRegistry.set(port, httpServer);
    httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (this.drain.active) {
        this.refuse(socket, request, 'draining');
        return;
      }
      const target = (this.wsServersRegistry.get(port) as (WebSocketServer & { path: string })[]).find(
        ({ path }) => path === request.url!.split('?', 1)[0],
      );
      if (!target) this.refuse(socket, request, 'NOT_FOUND');
      else target.handleUpgrade(request, socket, head, (client) => target.emit('connection', client, request));
    });
    return httpServer;
  }

  private refuse(socket: Duplex, request: IncomingMessage, what: ErrorReason | 'NOT_FOUND'): void {
    const language = chooseLanguage(request.headers['accept-language'], this.settings.DEFAULT_LANGUAGE);
    socket.on('error', () => socket.destroy());
    sendRawHttpError(socket, new AppError(what), language, this.clock.now());
  }
}
