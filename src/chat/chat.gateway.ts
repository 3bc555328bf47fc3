import type { IncomingMessage } from 'node:http';
import { UseFilters } from '@nestjs/common';
import { OnGatewayConnection, OnGatewayDisconnect, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { AppError } from '../common/app-error';
import type { ErrorReason } from '../common/error-table';
import { ChatService } from './chat.service';
import type { Connection } from './connection';
import { Connections } from './connections';
import { frameCheck } from './frame-check';
import { V1_IN, V2_IN } from './frames';
import { PROTOCOL_V2 } from './protocol-v2';
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

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    // Nest runs this hook outside its filters: a throw would end the process.
    try {
      this.chat.enter(socket, request);
    } catch (error) {
      this.errors.answer(this.connections.of(socket), error);
    }
  }

  handleDisconnect(socket: WebSocket): void {
    const connection = this.connections.of(socket);
    if (connection) this.chat.leave(connection);
  }

  @SubscribeMessage('hello')
  hello(socket: WebSocket, frame: unknown): void {
    this.withConnection(socket, (connection) => this.chat.hello(connection, checkHello(frame)));
  }

  @SubscribeMessage('chat_message')
  say(socket: WebSocket, frame: unknown): void {
    this.withListener(socket, (connection) => {
      const check = connection.protocol === PROTOCOL_V2 ? checkV2Message : checkV1Message;
      this.chat.say(connection, check(frame));
    });
  }

  @SubscribeMessage('user_joined')
  join(socket: WebSocket, frame: unknown): void {
    this.withListener(socket, (connection) => this.chat.join(connection, checkUserJoined(frame)));
  }

  @SubscribeMessage('typing')
  typing(socket: WebSocket, frame: unknown): void {
    this.withListener(socket, (connection) => this.chat.typing(connection, checkTyping(frame)));
  }

  @SubscribeMessage('ping')
  ping(socket: WebSocket): void {
    this.withListener(socket, (connection) => this.chat.ping(connection));
  }

  @SubscribeMessage('invalid_frame')
  refuse(socket: WebSocket, reason: ErrorReason): void {
    this.withConnection(socket, () => {
      throw new AppError(reason);
    });
  }

  /** A v2 client that begins without `hello` gets the feed from its first frame on. */
  private withListener(socket: WebSocket, act: (connection: Connection) => void): void {
    this.withConnection(socket, (connection) => {
      if (!connection.subscription) this.chat.listen(connection, undefined);
      act(connection);
    });
  }

  /** A refused socket may still send until it is closed; nobody listens. */
  private withConnection(socket: WebSocket, act: (connection: Connection) => void): void {
    const connection = this.connections.of(socket);
    if (!connection) return;
    connection.missedPings = 0;
    act(connection);
  }
}
