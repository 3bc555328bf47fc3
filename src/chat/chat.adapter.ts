import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type INestApplication, Logger } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import { WsAdapter } from '@nestjs/platform-ws';
import { GatewayMetadataExplorer } from '@nestjs/websockets/gateway-metadata-explorer';
import type { WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Drain } from '../common/drain';
import type { ErrorReason } from '../common/error-table';
import { chooseLanguage } from '../common/language';
import { sendRawHttpError } from '../common/raw-http-error';
import { Settings } from '../config/settings';
import { ChatGateway } from './chat.gateway';
import { readFrame } from './incoming-frame';
import { chooseSubprotocol, protocolOf } from './protocols';
import { WsErrorFilter } from './ws-error.filter';

type Handler = (client: WebSocket, data: unknown) => void;

/**
 * Between `ws` and the gateway: takes upgrades, limits frames and turns them into Nest's events. Nest's own adapter would
 * drop what it cannot dispatch without a word.
 */
export class ChatAdapter extends WsAdapter {
  private readonly settings: Settings;
  private readonly clock: Clock;
  private readonly drain: Drain;
  private readonly errors: WsErrorFilter;
  /** The methods of the gateway by the event they subscribe to. */
  private readonly handlers: ReadonlyMap<string, Handler>;

  constructor(app: INestApplication) {
    super(app);
    this.settings = app.get(Settings);
    this.clock = app.get(Clock);
    this.drain = app.get(Drain);
    this.errors = app.get(WsErrorFilter);
    this.handlers = handlersOf(app.get(ChatGateway));
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

  /**
   * Calls the gateway's methods themselves. Nest's wrapping of a method (pipes, guards, interceptors: there are none) would take ten
   * microtasks, fifteen times the work of the method, and hand a throw to the filter when the next frame is already handled.
   */
  override bindMessageHandlers(client: WebSocket): void {
    const protocol = protocolOf(client);
    client.on('message', (bytes: Buffer, isBinary: boolean) => {
      const { event, data } = readFrame(protocol, bytes, isBinary);
      try {
        this.handlers.get(event)!(client, data);
      } catch (error) {
        this.errors.catch(error, new ExecutionContextHost([client, data]));
      }
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

function handlersOf(gateway: ChatGateway): ReadonlyMap<string, Handler> {
  const subscriptions = new GatewayMetadataExplorer(new MetadataScanner()).explore(gateway);
  return new Map(subscriptions.map(({ message, callback }) => [message as string, callback.bind(gateway) as Handler]));
}
