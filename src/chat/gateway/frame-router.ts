import { Inject, Injectable } from '@nestjs/common';
import { Access } from '../../access/access';
import { AppError } from '../../platform/errors/app-error';
import type { Feature } from '../protocol/client-frame';
import { CLIENT_FRAMES } from '../protocol/frames';
import { parseFrame, typeOf } from '../protocol/incoming-frame';
import type { Session, WaitingFrame } from '../sessions/session';
import { Authentication } from './authentication';
import { ChatGateway } from './chat.gateway';
import { ErrorReplies } from './error-replies';
import { FrameAccess } from './frame-access';
import { FramePolicies } from './frame-policies';
import { type Route, routesOf } from './frame-routes';
import { SessionNames } from './session-names';

/**
 * Pipeline of an incoming frame: parse, route, authorize, check the schema, decide, handle; a refusal at any step is answered
 * with one `error`. Frames behind one whose token or name is being verified wait, in order. Owns the routes. Must not know what a
 * frame type means.
 */
@Injectable()
export class FrameRouter {
  private readonly routes;

  constructor(
    @Inject(ChatGateway) private readonly gateway: Pick<ChatGateway, 'openFeed'>,
    policies: FramePolicies,
    access: Access,
    private readonly rights: FrameAccess,
    @Inject(Authentication) private readonly authentication: Pick<Authentication, 'present'>,
    @Inject(SessionNames) private readonly names: Pick<SessionNames, 'check'>,
    private readonly errors: ErrorReplies,
  ) {
    const features = new Set<Feature>();
    if (access.isOn) features.add('access');
    if (access.hasChanges) features.add('changes');
    this.routes = routesOf(CLIENT_FRAMES, gateway, policies, features);
  }

  /** Never throws: client input must not raise an exception in the server. */
  dispatch(session: Session, bytes: Buffer, isBinary: boolean): void {
    if (session.waiting) {
      session.waiting.push({ bytes, isBinary });
      return;
    }
    let refused: object | undefined;
    try {
      const frame = (refused = parseFrame(bytes, isBinary));
      const route = this.routes[session.protocol.name].get(typeOf(frame));
      if (!route) throw new AppError(session.identity.kind === 'nobody' ? 'token_missing' : 'unknown_type');
      this.accept(session, route, frame);
    } catch (error) {
      this.errors.answer(session, error, refused);
    }
  }

  private accept(session: Session, route: Route, frame: object): void {
    const { identity } = session;
    // A v2 client that begins without `hello` gets the feed from its first frame on.
    if (!session.subscription && !route.opensFeed && identity.can.read) this.gateway.openFeed(session);
    if (!route.takesToken) this.rights.require(session, route.needs);
    const checked = route.check(withName(frame, route, identity.username));
    const token = route.takesToken ? tokenOf(checked, route, session) : undefined;
    const settled =
      token === undefined ? this.checkName(session, route, checked) : this.authentication.present(session, token);
    if (settled) void this.finish(session, settled, route, checked);
    else this.handle(session, route, checked);
  }

  private checkName(session: Session, { takesName }: Route, frame: { username?: string }): Promise<void> | undefined {
    return takesName ? this.names.check(session, frame.username) : undefined;
  }

  private handle(session: Session, route: Route, frame: object): void {
    if (route.takesToken) {
      if (!session.connection.isOpen) return;
      this.rights.require(session, route.needs);
    }
    route.handle(session, frame, route.decide(session, frame));
  }

  /** Never rejects. Nothing more is read meanwhile; frames already parsed, a few hundred bytes, are queued. */
  private async finish(session: Session, settled: Promise<void>, route: Route, frame: object): Promise<void> {
    const { connection } = session;
    const waiting: WaitingFrame[] = (session.waiting = []);
    connection.holdIntake();
    try {
      await settled;
      if (connection.isOpen) this.handle(session, route, frame);
    } catch (error) {
      this.errors.answer(session, error, frame);
    }
    session.waiting = undefined;
    this.dispatchWaiting(session, waiting);
  }

  private dispatchWaiting(session: Session, waiting: readonly WaitingFrame[]): void {
    const { connection } = session;
    for (const { bytes, isBinary } of waiting) {
      // One of them may have to wait in turn; the rest then waits behind it.
      if (connection.isOpen) this.dispatch(session, bytes, isBinary);
    }
    if (!session.waiting) connection.releaseIntake();
  }
}

/** The token to verify. Not that of a second `hello`, which the policy refuses in any case. */
function tokenOf(frame: { token?: string }, { needs }: Route, { subscription }: Session): string | undefined {
  return needs === 'read' && subscription ? undefined : frame.token;
}

/** Adds the username of the sender's identity, if any, to a frame that lacks a required one, as v1 frames may. */
function withName(frame: object, { isNamed }: Route, username: string | undefined): object {
  if (isNamed && username !== undefined && !('username' in frame)) Object.assign(frame, { username });
  return frame;
}
