import { Injectable } from '@nestjs/common';
import { Authenticator } from '../../access/authenticator';
import type { Identity } from '../../access/identity';
import { Sanctions } from '../../moderation/sanctions';
import { AppError } from '../../platform/errors/app-error';
import { CONNECTION_ENDS } from '../protocol/connection-ends';
import { Presence } from '../presence/presence';
import { RateLimits } from '../sessions/rate-limits';
import type { Session } from '../sessions/session';
import { Unauthenticated } from '../sessions/unauthenticated';
import { ErrorReplies } from './error-replies';

/** Adopts the identity of a token that arrived in a frame. Must not know which frame brought the token. */
@Injectable()
export class Authentication {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimits,
    private readonly unauthenticated: Unauthenticated,
    private readonly presence: Presence,
    private readonly errors: ErrorReplies,
    private readonly sanctions: Sanctions,
  ) {}

  /**
   * Verifies a token, charged like a message, and adopts its identity.
   * @returns a promise while the token is being verified, undefined if its identity is cached. @throws AppError
   */
  present(session: Session, token: string): Promise<void> | undefined {
    this.limits.chargeMessage(session);
    const identity = this.authenticator.authenticate(token, session.connection.address);
    if (identity instanceof Promise) return identity.then((verified) => this.adopt(session, verified));
    this.adopt(session, identity);
    return undefined;
  }

  private adopt(session: Session, identity: Identity): void {
    if (!session.connection.isOpen) return;
    const { identity: before } = session;
    if (before.kind === 'author' && before.authorId !== identity.authorId) throw new AppError('other_subject');
    this.sanctions.requireNotBanned(identity);
    session.identity = identity;
    this.unauthenticated.delete(session);
    const isRenamed = before.username !== identity.username;
    // A guest who signs in, or a subject with a new name. A name given on the URL before authentication is checked by `hello`.
    if (isRenamed && before.kind !== 'nobody') session.username = undefined;
    if (isRenamed || !identity.can.write) this.presence.leaveAll(session);
    if (!identity.can.read) this.errors.end(session, CONNECTION_ENDS.mayNotRead);
  }
}
