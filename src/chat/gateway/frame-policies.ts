import { Injectable } from '@nestjs/common';
import { AppError } from '../../platform/errors/app-error';
import { normalizeUsername } from '../../platform/text/username';
import { Settings } from '../../settings/settings';
import type { PolicyName, V1In, V2In } from '../protocol/frames';
import { idempotencyKeyOf } from '../protocol/protocol-v2';
import { checkClientId, checkMessage } from '../protocol/user-input';
import { RateLimits } from '../sessions/rate-limits';
import type { Session } from '../sessions/session';

/**
 * One decision per policy of the frame table, between the check of the form and the handler: who sends the frame, whether its
 * content is allowed, and what it costs. Each returns the sender's name, in the stored form, or throws an AppError. They are
 * synchronous: frames of a client are handled in the order sent. Decisions about access belong in front of the charges.
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
    const username = given === undefined ? session.username : normalizeUsername(given);
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

function nameOfSender(session: Session, given: string | undefined): string {
  // A name in use was normalised when it came.
  if (given !== undefined) return given === session.newestName ? given : normalizeUsername(given);
  if (session.username === undefined) throw new AppError('username_missing');
  return session.username;
}
