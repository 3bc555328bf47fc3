import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Static } from '@sinclair/typebox';
import type { WebSocket } from 'ws';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { wireTimestamp } from '../common/timestamps';
import { Settings } from '../config/settings';
import { MessageLog } from '../messages/message-log';
import { Admission } from './admission';
import { Connection } from './connection';
import type { ChatMessageIn, UserJoinedIn } from './frames';
import { Hub } from './hub';
import { Presence } from './presence';
import { checkMessage, normalizeUsername } from './user-input';

/** What people do in the chat: come, say something, go. It must not know how frames look on the wire. */
@Injectable()
export class ChatService {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly log: MessageLog,
    private readonly hub: Hub,
    private readonly presence: Presence,
    private readonly admission: Admission,
  ) {}

  /** Admits a new socket; a name on the URL is a join. */
  enter(socket: WebSocket, request: IncomingMessage): void {
    const connection = this.admission.admit(socket, request);
    if (!connection) return;
    this.hub.add(connection);
    const username = new URL(request.url!, 'ws://localhost').searchParams.get('username');
    if (username !== null) this.appear(connection, normalizeUsername(username));
  }

  leave(connection: Connection): void {
    this.presence.leaveAll(connection);
    this.hub.remove(connection);
  }

  join(connection: Connection, frame: Static<typeof UserJoinedIn>): void {
    const username = normalizeUsername(frame.username);
    this.spend(connection);
    this.appear(connection, username);
  }

  /** Settles when the message is durable; rejects when it was not stored. */
  say(connection: Connection, frame: Static<typeof ChatMessageIn>): Promise<unknown> {
    const username = normalizeUsername(frame.username);
    checkMessage(frame.message, this.settings.MAX_MESSAGE_LENGTH);
    this.spend(connection);
    const stored = this.log.append(username, frame.message);
    // Taken in first, so that nobody is announced for a refused message; delivered later, so that the join precedes it.
    this.appear(connection, username);
    return stored;
  }

  private appear(connection: Connection, username: string): void {
    if (!this.presence.join(connection, username)) return;
    this.hub.announce({ type: 'user_joined', username, timestamp: wireTimestamp(this.clock.now()) });
  }

  private spend({ bucket }: Connection): void {
    if (!bucket.take(this.clock.monotonic())) throw new AppError('message_rate', { rate: bucket.rate });
  }
}
