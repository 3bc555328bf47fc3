import { Injectable } from '@nestjs/common';
import { checkClientId, checkMessage } from '../../messages/message-input';
import { Sanctions } from '../../moderation/sanctions';
import { AppError } from '../../platform/errors/app-error';
import { Settings } from '../../settings/settings';
import type { PolicyName } from '../protocol/client-frame';
import type { V1In, V2In } from '../protocol/frames';
import { idempotencyKeyOf } from '../protocol/protocol-v2';
import { RateLimits } from '../sessions/rate-limits';
import type { Session } from '../sessions/session';
import { SessionNames } from './session-names';

/**
 * One decision per policy of the frame table, between schema check and handler: the sender's name, whether the content is
 * allowed, and the charge. Each returns the sender's name, in the stored form, or throws an AppError. Synchronous, so that frames
 * of a client are handled in the order sent. Whether the sender may perform the action at all is up to `FrameAccess`. Must not
 * know what a frame does once it is accepted.
 */
@Injectable()
export class FramePolicies implements Record<PolicyName, unknown> {
  constructor(
    private readonly settings: Settings,
    private readonly names: SessionNames,
    private readonly limits: RateLimits,
    private readonly sanctions: Sanctions,
  ) {}

  /** `hello`, with or without a name. */
  introduce(session: Session, { username: given }: V2In['hello']): string | undefined {
    if (session.subscription) throw new AppError('hello_again');
    const username = this.names.own(session, given);
    this.sanctions.requireNotBanned(session.identity, username);
    if (username !== undefined) this.names.begin(session, username);
    return username;
  }

  speak(session: Session, frame: V1In['chat_message'] | V2In['chat_message']): string {
    const username = this.names.ofSender(session, frame.username);
    this.sanctions.require(session.identity, username);
    checkMessage(frame.message, this.settings.MAX_MESSAGE_LENGTH);
    const key = idempotencyKeyOf(session.protocol, frame);
    if (key !== undefined) checkClientId(key);
    this.limits.chargeMessage(session);
    this.names.begin(session, username);
    return username;
  }

  appear(session: Session, frame: V1In['user_joined']): string {
    const username = this.names.ofSender(session, frame.username);
    this.sanctions.require(session.identity, username);
    this.limits.chargeMessage(session);
    this.names.begin(session, username);
    return username;
  }

  /** Free for a name that is present; any other is charged as in `appear`. */
  signal(session: Session, frame: V2In['typing']): string {
    const username = this.names.ofSender(session, frame.username);
    this.sanctions.require(session.identity, username);
    if (!session.hasName(username)) this.limits.chargeMessage(session);
    this.names.begin(session, username);
    return username;
  }

  revise(session: Session, frame: V2In['edit']): string {
    checkMessage(frame.message, this.settings.MAX_MESSAGE_LENGTH);
    return this.change(session, frame);
  }

  /** Writers may delete their own messages, moderators any. */
  remove(session: Session, frame: V2In['delete']): string {
    const { can } = session.identity;
    if (!can.write && !can.moderate) throw new AppError('may_not_write');
    return this.change(session, frame);
  }

  /** Allowed to everyone and free; the frame itself is charged by `FrameBudget`. */
  free(): undefined {
    return undefined;
  }

  /** The log decides who owns the message and whether it may be changed. */
  private change(session: Session, { client_id }: { readonly client_id: string }): string {
    checkClientId(client_id);
    const by = this.names.ofSender(session, undefined);
    this.sanctions.require(session.identity, by);
    this.limits.chargeMessage(session);
    return by;
  }
}
