import type { IncomingMessage } from 'node:http';
import { OnGatewayConnection, OnGatewayDisconnect, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import type { V1In, V2In } from '../protocol/frames';
import type { Decision } from '../sessions/admission';
import type { Session } from '../sessions/session';
import { ChatService } from './chat.service';
import { SocketChanges } from './socket-changes';

/**
 * `/ws`: one method per frame type of the frame table, called by `FrameRouter` for frames that have passed their schema and
 * policy; `username` is the sender's. `ChatAdapter` connects the two without Nest's request pipeline, and the server refuses to
 * start with a guard, pipe, interceptor, filter or parameter decorator here, as it would never run.
 */
@WebSocketGateway({ path: '/ws' })
export class ChatGateway implements OnGatewayConnection<WebSocket>, OnGatewayDisconnect<WebSocket> {
  constructor(
    private readonly chat: ChatService,
    private readonly changes: SocketChanges,
  ) {}

  handleConnection(socket: WebSocket, request: IncomingMessage, decision: Decision): void {
    this.chat.connect(socket, request, decision);
  }

  handleDisconnect(socket: WebSocket): void {
    this.chat.disconnect(socket);
  }

  /** The feed from the next message on, for a client whose first frame is not `hello`. */
  openFeed(session: Session): void {
    this.chat.openFeed(session);
  }

  @SubscribeMessage('hello')
  hello(session: Session, frame: V2In['hello'], username: string | undefined): void {
    this.chat.hello(session, frame, username);
  }

  @SubscribeMessage('authenticate')
  authenticate(session: Session): void {
    this.chat.authenticated(session);
  }

  @SubscribeMessage('chat_message')
  sendMessage(session: Session, frame: V1In['chat_message'] | V2In['chat_message'], username: string): void {
    this.chat.sendMessage(session, frame, username);
  }

  @SubscribeMessage('edit')
  editMessage(session: Session, frame: V2In['edit'], username: string): void {
    this.changes.change(session, frame, username);
  }

  @SubscribeMessage('delete')
  deleteMessage(session: Session, frame: V2In['delete'], username: string): void {
    this.changes.change(session, frame, username);
  }

  @SubscribeMessage('user_joined')
  join(session: Session, _frame: V1In['user_joined'], username: string): void {
    this.chat.join(session, username);
  }

  @SubscribeMessage('typing')
  typing(session: Session, _frame: V2In['typing'], username: string): void {
    this.chat.typing(session, username);
  }

  @SubscribeMessage('ping')
  ping(session: Session): void {
    this.chat.ping(session);
  }
}
