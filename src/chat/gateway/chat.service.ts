import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { AppError } from '../../platform/errors/app-error';
import { Clock } from '../../platform/lifecycle/clock';
import { MAX_USERNAME_LENGTH, normalizeUsername } from '../../platform/text/username';
import { Settings } from '../../settings/settings';
import { MessageLog } from '../../messages/log/message-log';
import { Admission, type Decision } from '../sessions/admission';
import type { Connection } from '../sessions/connection';
import { Connections } from '../sessions/connections';
import type { V1In, V2In } from '../protocol/frames';
import { Hub } from '../delivery/hub';
import { Presence } from '../presence/presence';
import { PROTOCOL_V2 } from '../protocol/protocol-v2';
import { serialize, welcome, type WelcomeTail } from '../protocol/serializer';
import { RateLimits } from '../sessions/rate-limits';
import { SocketReceipts } from './socket-receipts';
import { checkClientId, checkMessage } from '../protocol/user-input';
import { WsErrorFilter } from './ws-error.filter';

/** What people do in the chat: come, say something, go. It must not know how bytes reach a socket. */
@Injectable()
export class ChatService {
  /** JSON of the part that is the same in every `welcome`. */
  private readonly welcomeTail: string;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly log: MessageLog,
    private readonly hub: Hub,
    private readonly connections: Connections,
    private readonly presence: Presence,
    private readonly admission: Admission,
    private readonly limits: RateLimits,
    private readonly errors: WsErrorFilter,
  ) {
    this.welcomeTail = JSON.stringify({
      limits: {
        max_message_length: settings.MAX_MESSAGE_LENGTH,
        max_frame_bytes: settings.MAX_FRAME_BYTES,
        max_username_length: MAX_USERNAME_LENGTH,
        message_rate: settings.MESSAGE_RATE,
        message_burst: settings.MESSAGE_BURST,
        replay_limit: settings.REPLAY_LIMIT,
      },
      heartbeat_seconds: settings.HEARTBEAT_SECONDS,
    } satisfies WelcomeTail);
  }

  /** Admits a new socket. A name on its URL is a join; under v2, where `hello` comes first, it is the name of that. */
  enter(socket: WebSocket, request: IncomingMessage, decision: Decision): void {
    const connection = this.admission.admit(socket, request, decision);
    if (!connection) return;
    this.connections.add(connection);
    const isV2 = connection.protocol === PROTOCOL_V2;
    if (!isV2) this.listen(connection, undefined);
    const given = nameIn(request.url!);
    if (given === null) return;
    connection.username = normalizeUsername(given);
    if (!isV2) this.appear(connection, connection.username);
  }

  leave(connection: Connection): void {
    connection.ended();
    this.connections.remove(connection);
    this.limits.end(connection);
    if (connection.subscription) this.hub.unsubscribe(connection.subscription);
    this.presence.leaveAll(connection);
  }

  /** The first frame of a v2 client: it is answered, then what it missed is replayed, then it is live. */
  hello(connection: Connection, frame: V2In['hello']): void {
    if (connection.subscription) throw new AppError('hello_again');
    const username = frame.username === undefined ? connection.username : normalizeUsername(frame.username);
    const appeared = username !== undefined && this.appear(connection, username);
    connection.username = username;
    this.listen(connection, frame.after, () => {
      // The joiner has its join at once. It is not news to it when the others are told.
      const ownJoin = appeared ? [connection.protocol.userJoined(username, this.clock.now())] : [];
      connection.send(this.welcome(username ?? null), ...ownJoin);
      this.presence.follow(connection, { name: username });
    });
  }

  join(connection: Connection, { username: given }: V1In['user_joined']): void {
    const username = normalizeUsername(given);
    this.limits.chargeMessage(connection);
    this.appear(connection, username);
  }

  /** Takes the message in; the connection's author hears what becomes of it. */
  say(connection: Connection, frame: V1In['chat_message'] | V2In['chat_message']): void {
    const username = this.usernameOf(connection, frame.username);
    checkMessage(frame.message, this.settings.MAX_MESSAGE_LENGTH);
    const clientId = 'client_id' in frame ? frame.client_id : undefined;
    if (clientId !== undefined) checkClientId(clientId);
    this.limits.chargeMessage(connection);
    this.chargeName(connection, username);
    connection.author ??= new SocketReceipts(connection, this.errors);
    this.log.append({ username, message: frame.message, clientId }, connection.author);
    // Taken in first, so that nobody is announced for a refused message; delivered later, so that the join precedes it.
    this.presence.join(connection, username);
  }

  typing(connection: Connection, frame: V2In['typing']): void {
    const username = this.usernameOf(connection, frame.username);
    if (!connection.names?.has(username)) this.limits.chargeMessage(connection);
    this.appear(connection, username);
    this.presence.type(connection, username);
  }

  ping(connection: Connection): void {
    connection.send(serialize({ type: 'pong', last_id: connection.subscription!.cursor }));
  }

  /** Begins the feed for a connection that does not have it yet, with what it missed where it says what it has seen. */
  listen(connection: Connection, after: number | undefined, onPlaced = () => this.presence.follow(connection)): void {
    connection.subscription = this.hub.subscribe(connection, connection.protocol);
    connection.subscription.start(after, onPlaced, () => {
      if (after === undefined) return;
      connection.send(serialize({ type: 'replayed', last_id: connection.subscription!.cursor }));
    });
  }

  private usernameOf(connection: Connection, given: string | undefined): string {
    // What it is present under was normalised when it came.
    if (given !== undefined) return given === connection.newestName ? given : normalizeUsername(given);
    if (connection.username === undefined) throw new AppError('username_missing');
    return connection.username;
  }

  private welcome(username: string | null): string {
    const head = { connection_id: randomUUID(), username, last_id: this.hub.lastId };
    return welcome(head, this.presence.count, this.presence.list, this.welcomeTail);
  }

  /** Whether the user appears with it. @throws AppError when its address has brought too many names */
  private appear(connection: Connection, username: string): boolean {
    this.chargeName(connection, username);
    return this.presence.join(connection, username);
  }

  private chargeName(connection: Connection, username: string): void {
    if (!connection.names?.has(username)) this.limits.chargeName(connection);
  }
}

function nameIn(url: string): string | null {
  return url.includes('?') ? new URL(url, 'ws://localhost').searchParams.get('username') : null;
}
