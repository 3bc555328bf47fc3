import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { Access } from '../../access/access';
import { Epoch } from '../../messages/epoch';
import { Sanctions } from '../../moderation/sanctions';
import { Clock } from '../../platform/lifecycle/clock';
import { MAX_USERNAME_LENGTH } from '../../platform/text/username';
import { Settings } from '../../settings/settings';
import type { Place, Subscription } from '../delivery/subscription';
import { Hub } from '../delivery/hub';
import { Presence } from '../presence/presence';
import type { V1In, V2In } from '../protocol/frames';
import { PROTOCOL_V2 } from '../protocol/protocol-v2';
import { serialize, welcome, type WelcomeTail } from '../protocol/serializer';
import { Admission, type Decision } from '../sessions/admission';
import { OpenSessions } from '../sessions/open-sessions';
import { RateLimits } from '../sessions/rate-limits';
import type { Session } from '../sessions/session';
import { Unauthenticated } from '../sessions/unauthenticated';
import { ErrorReplies } from './error-replies';
import { FrameAccess } from './frame-access';
import { SessionNames } from './session-names';
import { SocketMessages } from './socket-messages';

/**
 * Applies client frames to the log, the feed and presence. Frames arrive validated, authorized and charged. Must not know how
 * bytes reach a socket.
 */
@Injectable()
export class ChatService {
  /** JSON of the part that is the same in every `welcome`. */
  private readonly welcomeTail: string;

  constructor(
    settings: Settings,
    private readonly clock: Clock,
    private readonly messages: SocketMessages,
    private readonly hub: Hub,
    private readonly sessions: OpenSessions,
    private readonly unauthenticated: Unauthenticated,
    private readonly rights: FrameAccess,
    private readonly presence: Presence,
    private readonly admission: Admission,
    private readonly limits: RateLimits,
    private readonly names: SessionNames,
    private readonly errors: ErrorReplies,
    private readonly sanctions: Sanctions,
    private readonly access: Access,
    private readonly epoch: Epoch,
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

  /** Admits a new socket. Never throws: it is called from an event of `ws`, where that would end the process. */
  connect(socket: WebSocket, request: IncomingMessage, decision: Decision): void {
    try {
      const session = this.admission.admit(socket, request, decision);
      if (!session) return;
      this.sessions.add(session);
      if (session.identity.kind === 'nobody') this.unauthenticated.add(session);
      this.begin(session, nameIn(request.url!));
    } catch (error) {
      this.errors.answer(this.sessions.of(socket), error);
    }
  }

  disconnect(socket: WebSocket): void {
    const session = this.sessions.of(socket);
    if (!session) return;
    session.connection.ended();
    this.sessions.remove(session);
    this.unauthenticated.delete(session);
    this.limits.end(session);
    if (session.subscription) this.hub.unsubscribe(session.subscription);
    this.presence.leaveAll(session);
  }

  /** The first frame of a v2 client: answers it, replays messages after the given id, then goes live. */
  hello(session: Session, { after, after_change, epoch }: V2In['hello'], username: string | undefined): void {
    const { identity } = session;
    const shown = username !== undefined && identity.can.write && !this.sanctions.isMuted(identity, username);
    const appeared = shown && this.presence.join(session, username);
    session.username = username;
    // Ids of another database mean nothing here: the feed begins at its end, and the epoch in `welcome` tells the client.
    const isKnown = !epoch || epoch === this.epoch.value;
    const end = after === undefined ? undefined : this.hub.lastId;
    const place = isKnown ? { after, afterChange: after_change } : { after: end };
    const knowsEpochs = this.access.hasChanges || epoch !== undefined;
    this.openFeed(session, place, () => {
      // The joiner receives its own join at once: `follow` places it after that join.
      const ownJoin = appeared ? [session.protocol.userJoined(username, this.clock.now())] : [];
      session.send(this.welcome(session, username ?? null, knowsEpochs), ...ownJoin);
      this.presence.follow(session, { name: shown ? username : undefined });
    });
  }

  join(session: Session, username: string): void {
    this.presence.join(session, username);
  }

  /** Accepts a message; the session's receipts are notified of the outcome. @throws AppError if it is refused at once */
  sendMessage(session: Session, frame: V1In['chat_message'] | V2In['chat_message'], username: string): void {
    this.messages.send(session, frame, username);
    // After the message was accepted: a refused one must not cause a join. Before its delivery: the join precedes it.
    this.presence.join(session, username);
  }

  typing(session: Session, username: string): void {
    this.presence.join(session, username);
    this.presence.type(session, username);
  }

  /** `pong` confirms that nothing is missing: for a slow reader it waits until the reader has caught up. */
  ping(session: Session): void {
    if (!session.subscription?.isSlow) session.send(serialize({ type: 'pong', ...this.placeOf(session) }));
    else if (session.waitingPings++ === 0) void this.pingLater(session, session.subscription);
  }

  private async pingLater(session: Session, { ready }: Subscription): Promise<void> {
    await ready;
    const count = session.waitingPings;
    session.waitingPings = 0;
    // The reader may be slow again.
    for (let answered = 0; answered < count && session.connection.isOpen; answered++) this.ping(session);
  }

  /** A token in a frame was accepted. */
  authenticated(session: Session): void {
    session.send(serialize({ type: 'authenticated', ...this.tokenEnd(session) }));
  }

  /** Begins the feed of a session at a place, or with the next message. */
  openFeed(session: Session, place: Place = {}, onPlaced = () => this.presence.follow(session)): void {
    const { after, afterChange } = place;
    session.subscription = this.hub.subscribe(session.connection, session.protocol);
    const onLive = () => {
      if (after !== undefined || afterChange !== undefined) {
        session.send(serialize({ type: 'replayed', ...this.placeOf(session) }));
      }
    };
    session.subscription.start(after, onPlaced, onLive, afterChange);
  }

  /** A name on the URL is a join under v1, and the default name for `hello` under v2. */
  private begin(session: Session, givenName: string | null): void {
    const isV2 = session.protocol === PROTOCOL_V2;
    if (!isV2) this.openFeed(session);
    if (givenName === null) return;
    if (!isV2) this.rights.require(session, 'write');
    session.username = this.names.onUrl(session, givenName);
    if (isV2 || session.username === undefined) return;
    const checked = this.names.check(session, givenName);
    if (!checked) this.appear(session, session.username);
    else void this.appearLater(session, session.username, checked);
  }

  private appear(session: Session, username: string): void {
    this.sanctions.require(session.identity, username);
    this.names.begin(session, username);
    this.presence.join(session, username);
  }

  /** Never rejects. The client may have disconnected by then. */
  private async appearLater(session: Session, username: string, checked: Promise<void>): Promise<void> {
    try {
      await checked;
      if (session.connection.isOpen) this.appear(session, username);
    } catch (error) {
      this.errors.answer(session, error);
    }
  }

  private placeOf({ subscription }: Session): { last_id: number; last_change_id?: number } {
    const { cursor = 0, changeCursor = 0 } = subscription ?? {};
    return { last_id: cursor, ...(this.access.hasChanges && { last_change_id: changeCursor }) };
  }

  private tokenEnd({ identity: { expiresAt } }: Session): { token_expires_in_ms?: number } {
    return expiresAt === undefined ? {} : { token_expires_in_ms: Math.max(0, expiresAt - this.clock.now()) };
  }

  private welcome(session: Session, username: string | null, withEpoch: boolean): string {
    const { roles, can } = session.identity;
    const rights = this.access.isOn && { roles: [...roles], can, ...this.tokenEnd(session) };
    const head = {
      connection_id: randomUUID(),
      username,
      ...rights,
      last_id: this.hub.lastId,
      ...(withEpoch && { epoch: this.epoch.value }),
    };
    return welcome(head, this.presence.count, this.presence.list, this.welcomeTail);
  }
}

function nameIn(url: string): string | null {
  return url.includes('?') ? new URL(url, 'ws://localhost').searchParams.get('username') : null;
}
