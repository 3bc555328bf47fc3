import type { IncomingMessage } from 'node:http';
import { UseFilters } from '@nestjs/common';
import { OnGatewayConnection, OnGatewayDisconnect, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { AppError } from '../../platform/errors/app-error';
import type { ErrorReason } from '../../platform/errors/error-table';
import type { Decision } from '../sessions/admission';
import { ChatService } from './chat.service';
import type { Connection } from '../sessions/connection';
import { Connections } from '../sessions/connections';
import { frameCheck } from '../protocol/frame-check';
import { V1_IN, V2_IN } from '../protocol/frames';
import { PROTOCOL_V2 } from '../protocol/protocol-v2';
import { WsErrorFilter } from './ws-error.filter';

const checkV1Message = frameCheck(V1_IN.chat_message);
const checkV2Message = frameCheck(V2_IN.chat_message);
const checkUserJoined = frameCheck(V1_IN.user_joined);
const checkHello = frameCheck(V2_IN.hello);
const checkTyping = frameCheck(V2_IN.typing);

/**
 * `/ws`: one method per frame type. The adapter guarantees that one client's frames arrive in the order sent, and that
 * only frames of the client's protocol arrive.
 */
@WebSocketGateway({ path: '/ws' })
@UseFilters(WsErrorFilter)
export class ChatGateway implements OnGatewayConnection<WebSocket>, OnGatewayDisconnect<WebSocket> {
  constructor(
    private readonly chat: ChatService,
    private readonly connections: Connections,
    private readonly errors: WsErrorFilter,
  ) {}

  handleConnection(socket: WebSocket, request: IncomingMessage, decision: Decision): void {
    // Nest runs this hook outside its filters: a throw would end the process.
    try {
      this.chat.enter(socket, request, decision);
    } catch (error) {
      this.errors.answer(this.connections.of(socket), error);
    }
  }

  handleDisconnect(socket: WebSocket): void {
    const connection = this.connections.of(socket);
    if (connection) this.chat.leave(connection);
  }

  /** Charges a frame before any work on it. False where nobody listens any more. */
  charge(socket: WebSocket, bytes: number): boolean {
    const connection = this.connections.of(socket);
    connection?.frames.charge(bytes);
    return connection !== undefined && connection.isOpen;
  }

  /** The protocol's own ping, a control frame. */
  handlePing(socket: WebSocket, data: Buffer): void {
    this.connectionOf(socket)?.pong(data);
  }

  /** The answer to one is a sign of life, as any frame is. */
  handlePong(socket: WebSocket): void {
    this.connectionOf(socket);
  }

  @SubscribeMessage('hello')
  hello(socket: WebSocket, frame: object): void {
    const connection = this.connectionOf(socket);
    if (connection) this.chat.hello(connection, checkHello(frame));
  }

  @SubscribeMessage('chat_message')
  say(socket: WebSocket, frame: object): void {
    const connection = this.listenerOf(socket);
    const check = connection?.protocol === PROTOCOL_V2 ? checkV2Message : checkV1Message;
    if (connection) this.chat.say(connection, check(frame));
  }

  @SubscribeMessage('user_joined')
  join(socket: WebSocket, frame: object): void {
    const connection = this.listenerOf(socket);
    if (connection) this.chat.join(connection, checkUserJoined(frame));
  }

  @SubscribeMessage('typing')
  typing(socket: WebSocket, frame: object): void {
    const connection = this.listenerOf(socket);
    if (connection) this.chat.typing(connection, checkTyping(frame));
  }

  @SubscribeMessage('ping')
  ping(socket: WebSocket): void {
    const connection = this.listenerOf(socket);
    if (connection) this.chat.ping(connection);
  }

  @SubscribeMessage('invalid_frame')
  refuse(socket: WebSocket, reason: ErrorReason): void {
    if (this.connectionOf(socket)) throw new AppError(reason);
  }

  /** A v2 client that begins without `hello` gets the feed from its first frame on. */
  private listenerOf(socket: WebSocket): Connection | undefined {
    const connection = this.connectionOf(socket);
    if (connection && !connection.subscription) this.chat.listen(connection, undefined);
    return connection;
  }

  /** Who sent the frame. A refused socket may still send until it is closed; nobody listens. */
  private connectionOf(socket: WebSocket): Connection | undefined {
    const connection = this.connections.of(socket);
    if (connection) connection.missedPings = 0;
    return connection;
  }
}
