import type { IncomingMessage } from 'node:http';
import { UseFilters } from '@nestjs/common';
import { OnGatewayConnection, OnGatewayDisconnect, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { AppError } from '../common/app-error';
import type { ErrorReason } from '../common/error-table';
import { ChatService } from './chat.service';
import type { Connection } from './connection';
import { ChatMessageIn, reader, UserJoinedIn } from './frames';
import { Hub } from './hub';
import { WsErrorFilter } from './ws-error.filter';

const readChatMessage = reader(ChatMessageIn);
const readUserJoined = reader(UserJoinedIn);

/**
 * `/ws`: one method per frame type. The adapter guarantees that one client's frames arrive in the order sent, and that
 * frames come only from sockets that were admitted.
 */
@WebSocketGateway({ path: '/ws' })
@UseFilters(WsErrorFilter)
export class ChatGateway implements OnGatewayConnection<WebSocket>, OnGatewayDisconnect<WebSocket> {
  constructor(
    private readonly chat: ChatService,
    private readonly hub: Hub,
    private readonly errors: WsErrorFilter,
  ) {}

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    // Nest runs this hook outside its filters: a throw would end the process.
    try {
      this.chat.enter(socket, request);
    } catch (error) {
      this.errors.answer(socket, error);
    }
  }

  handleDisconnect(socket: WebSocket): void {
    this.withConnection(socket, (connection) => this.chat.leave(connection));
  }

  @SubscribeMessage('chat_message')
  say(socket: WebSocket, frame: unknown): void {
    this.withConnection(socket, (connection) => {
      // Not awaited: the disk may take its time, the next frame shall not wait for it.
      this.chat.say(connection, readChatMessage(frame)).catch((error: unknown) => this.errors.answer(socket, error));
    });
  }

  @SubscribeMessage('user_joined')
  join(socket: WebSocket, frame: unknown): void {
    this.withConnection(socket, (connection) => this.chat.join(connection, readUserJoined(frame)));
  }

  @SubscribeMessage('invalid_frame')
  refuse(_socket: WebSocket, reason: ErrorReason): void {
    throw new AppError(reason);
  }

  /** A refused socket may still send until it is closed; nobody listens. */
  private withConnection(socket: WebSocket, act: (connection: Connection) => void): void {
    const connection = this.hub.of(socket);
    if (connection) act(connection);
  }
}
