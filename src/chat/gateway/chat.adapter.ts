import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type INestApplication, Logger } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../../platform/errors/app-error';
import { chooseLanguage } from '../../platform/errors/language';
import { StartupError } from '../../platform/errors/startup-error';
import { AnswersInProgress } from '../../platform/http/answers-in-progress';
import { declineUpgrade } from '../../platform/http/decline-upgrade';
import { sendRawHttpError } from '../../platform/http/raw-http-error';
import { Clock } from '../../platform/lifecycle/clock';
import { Drain } from '../../platform/lifecycle/drain';
import { SampledLog } from '../../platform/logging/sampled-log';
import { Settings } from '../../settings/settings';
import { chooseSubprotocol } from '../protocol/negotiation';
import { Admission, type Decision } from '../sessions/admission';
import { OpenSessions } from '../sessions/open-sessions';
import { ChatSocket } from './chat-socket';
import { ChatGateway } from './chat.gateway';
import { ConnectionLog } from './connection-log';
import { FrameRouter } from './frame-router';
import { checkHandshake, offersWebSocket, pathOf, UPGRADE_HEADERS, useOriginForm } from './upgrade';

/** Maximum fragments of a message; libraries that fragment send a few large ones. */
const MAX_FRAGMENTS = 64;
/**
 * Maximum chunks buffered of an incomplete frame: MIN_CHUNKS plus one per CHUNK_BYTES of MAX_FRAME_BYTES. Each costs some hundred
 * bytes.
 */
const MIN_CHUNKS = 256;
const CHUNK_BYTES = 256;
/** Time for a client to answer a close frame, in milliseconds. */
const CLOSE_TIMEOUT_MS = 10_000;

/**
 * Connects `ws` with the gateway: decides upgrades, limits sockets and charges frames before it hands them to the router. Nest's
 * own adapter silently drops frames that it cannot dispatch. Must not know what frames say.
 */
export class ChatAdapter extends WsAdapter {
  private readonly settings: Settings;
  private readonly clock: Clock;
  private readonly drain: Drain;
  private readonly answers: AnswersInProgress;
  private readonly sessions: OpenSessions;
  private readonly admission: Admission;
  private readonly gateway: ChatGateway;
  private readonly router: FrameRouter;
  private readonly log: ConnectionLog | undefined;
  private isBound = false;

  constructor(app: INestApplication) {
    super(app);
    this.settings = app.get(Settings);
    this.clock = app.get(Clock);
    this.drain = app.get(Drain);
    this.answers = app.get(AnswersInProgress);
    this.sessions = app.get(OpenSessions);
    this.admission = app.get(Admission);
    this.gateway = app.get(ChatGateway);
    this.router = app.get(FrameRouter);
    if (this.settings.ACCESS_LOG === 'on') this.log = new ConnectionLog(this.settings);
  }

  override create(port: number, options: Record<string, unknown>): WebSocketServer {
    const server = super.create(port, {
      ...options,
      WebSocket: ChatSocket,
      maxPayload: this.settings.MAX_FRAME_BYTES,
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: MIN_CHUNKS + this.settings.MAX_FRAME_BYTES / CHUNK_BYTES,
      closeTimeout: CLOSE_TIMEOUT_MS,
      perMessageDeflate: false,
      autoPong: false,
      handleProtocols: chooseSubprotocol,
    }) as WebSocketServer;
    server.on('wsClientError', (_error, socket, request) => this.refuse(socket, request, new AppError('handshake')));
    return server;
  }

  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    const log = new SampledLog(new Logger('WebSocket'), this.clock);
    server.on('error', (error) => log.error(String(error), error));
    return server;
  }

  /**
   * Hands frames to the router. Nest would bind all handlers anew for each connection and pass each frame through two streams;
   * its pipeline takes ten microtasks a call, fifteen times the work of the handler, and reports an error only after the next
   * frame is handled.
   */
  override bindClientConnect(server: WebSocketServer): void {
    if (this.isBound) throw new StartupError('there is a second WebSocket gateway, whose frames ChatGateway would get');
    this.isBound = true;
    const { gateway, router, sessions, log } = this;
    // `ws` calls these with the client as `this`; closures for each client would be a tenth of a connection's memory.
    function onMessage(this: WebSocket, bytes: Buffer, isBinary: boolean): void {
      const session = sessions.of(this);
      if (session?.connection.receive(bytes.length)) router.dispatch(session, bytes, isBinary);
    }
    function onPing(this: WebSocket, data: Buffer): void {
      const connection = sessions.of(this)?.connection;
      if (connection?.receive(data.length)) connection.pong(data);
    }
    function onPong(this: WebSocket, data: Buffer): void {
      sessions.of(this)?.connection.receive(data.length);
    }
    function onClose(this: WebSocket): void {
      gateway.handleDisconnect(this);
    }
    server.on('connection', (client: WebSocket, request: IncomingMessage, decision: Decision) => {
      client.on('error', ignore).on('message', onMessage).on('ping', onPing).on('pong', onPong).on('close', onClose);
      log?.opened(client, request);
      gateway.handleConnection(client, request, decision);
    });
  }

  protected override ensureHttpServerExists(port: number, httpServer: Server): Server {
    if (this.httpServersRegistry.has(port)) return httpServer;
    this.httpServersRegistry.set(port, httpServer);
    httpServer.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.answers.whenDone(socket, () => {
        if (offersWebSocket(request)) this.upgrade(port, request, socket, head);
        else declineUpgrade(httpServer, request, socket, head);
      });
    });
    return httpServer;
  }

  private upgrade(port: number, request: IncomingMessage, socket: Socket, head: Buffer): void {
    try {
      if (this.drain.active) throw new AppError('draining');
      useOriginForm(request);
      const path = pathOf(request.url!);
      const servers = this.wsServersRegistry.get(port) as (WebSocketServer & { path: string })[];
      const server = servers.find((one) => one.path === path);
      if (!server) throw new AppError('NOT_FOUND');
      checkHandshake(request);
      const decision = this.admission.decide(request);
      if (decision instanceof Promise) void this.answerLater(server, request, socket, head, decision);
      else this.answer(server, request, socket, head, decision);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.refuse(socket, request, error);
    }
  }

  private answer(server: WebSocketServer, request: IncomingMessage, socket: Socket, head: Buffer, of: Decision): void {
    server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request, of));
  }

  /** The client may have disconnected by then, or the server be draining. Nothing is read meanwhile. */
  private async answerLater(
    server: WebSocketServer,
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    later: Promise<Decision>,
  ): Promise<void> {
    socket.on('error', ignore);
    try {
      const decision = await later;
      if (this.drain.active) throw new AppError('draining');
      this.answer(server, request, socket, head, decision);
    } catch (error) {
      this.refuse(socket, request, error instanceof AppError ? error : new AppError('INTERNAL_ERROR'));
    } finally {
      socket.off('error', ignore);
    }
  }

  private refuse(socket: Duplex, request: IncomingMessage, error: AppError): void {
    this.log?.refused(request, error.status);
    const language = chooseLanguage(request.headers['accept-language'], this.settings.DEFAULT_LANGUAGE);
    const headers = error.code === 'BAD_REQUEST' ? { ...UPGRADE_HEADERS, Connection: 'Upgrade, close' } : {};
    sendRawHttpError(socket, error, language, this.clock.now(), headers, request);
  }
}

/** Protocol errors of a client (1007, 1009, a lost connection) are not faults of the server: no log line. */
const ignore = (): void => undefined;
