import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../platform/errors/app-error';
import { CLIENT_FRAMES } from '../protocol/frames';
import { parseFrame, typeOf } from '../protocol/incoming-frame';
import type { Session } from '../sessions/session';
import { ChatGateway } from './chat.gateway';
import { ErrorReplies } from './error-replies';
import { FramePolicies } from './frame-policies';
import { routesOf } from './frame-routes';

/**
 * The way of one incoming frame: parse, find the route, check the form, decide, handle; a refusal at any step is answered with
 * one `error`. Owns the routes. Must not know what a frame type means.
 */
@Injectable()
export class FrameRouter {
  private readonly routes;

  constructor(
    @Inject(ChatGateway) private readonly gateway: Pick<ChatGateway, 'openFeed'>,
    policies: FramePolicies,
    private readonly errors: ErrorReplies,
  ) {
    this.routes = routesOf(CLIENT_FRAMES, gateway, policies);
  }

  /** Never throws: bytes of a client cannot be an exception of the server. */
  dispatch(session: Session, bytes: Buffer, isBinary: boolean): void {
    let refused: object | undefined;
    try {
      const frame = parseFrame(bytes, isBinary);
      const route = this.routes[session.protocol.name].get(typeOf(frame));
      if (!route) throw new AppError('unknown_type');
      refused = frame;
      // A v2 client that begins without `hello` gets the feed from its first frame on.
      if (!session.subscription && !route.opensFeed) this.gateway.openFeed(session);
      const checked = route.check(frame);
      route.handle(session, checked, route.decide(session, checked));
    } catch (error) {
      this.errors.answer(session, error, refused);
    }
  }
}
