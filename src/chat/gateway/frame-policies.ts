import { Injectable } from '@nestjs/common';
import { AppError } from '../../platform/errors/app-error';
import { Settings } from '../../settings/settings';
import type { PolicyName, V1In, V2In } from '../protocol/frames';
import { idempotencyKeyOf } from '../protocol/protocol-v2';
import { checkClientId, checkMessage } from '../protocol/user-input';
import { RateLimits } from '../sessions/rate-limits';
import type { Session } from '../sessions/session';
import { nameOfSender, ownName } from './sender-name';

/**
 * One decision per policy of the frame table, between the check of the form and the handler: who sends the frame, whether its
 * content is allowed, and what it costs. Each returns the sender's name, in the stored form, or throws an AppError. They are
 * synchronous: frames of a client are handled in the order sent. Whether the sender may do it at all is `FrameAccess`'s decision.
 * Must not know what a frame does once it is accepted.
 */
@Injectable()
export class FramePolicies implements Record<PolicyName, unknown> {
  constructor(
    private readonly settings: Settings,
    private readonly limits: RateLimits,
  ) {}

  /** `hello`, with or without a name. */
  introduce(session: Session, { username: given }: V2In['hello']): string | undefined {
    if (session.subscription) throw new AppError('hello_again');
    const username = ownName(session, given);
    if (username !== undefined) this.limits.chargeName(session, username);
    return username;
  }

  speak(session: Session, frame: V1In['chat_message'] | V2In['chat_message']): string {
    const username = nameOfSender(session, frame.username);
    checkMessage(frame.message, this.settings.MAX_MESSAGE_LENGTH);
    const key = idempotencyKeyOf(session.protocol, frame);
    if (key !== undefined) checkClientId(key);
    this.limits.chargeMessage(session);
    this.limits.chargeName(session, username);
    return username;
  }

  appear(session: Session, frame: V1In['user_joined']): string {
    const username = nameOfSender(session, frame.username);
    this.limits.chargeMessage(session);
    this.limits.chargeName(session, username);
    return username;
  }

  /** Free for a name that is present; another one costs what appearing does. */
  signal(session: Session, frame: V2In['typing']): string {
    const username = nameOfSender(session, frame.username);
    if (!session.hasName(username)) this.limits.chargeMessage(session);
    this.limits.chargeName(session, username);
    return username;
  }

  /** Allowed to everyone and free; the frame itself is charged by `FrameBudget`. */
  free(): undefined {
    return undefined;
  }
}
