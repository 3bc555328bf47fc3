import { Inject, Injectable } from '@nestjs/common';
import { GuestNames } from '../../access/guest-names';
import { NamesInUse } from '../../access/names-in-use';
import { senderName } from '../../access/sender-name';
import { AppError } from '../../platform/errors/app-error';
import { MAX_GIVEN_USERNAME_LENGTH } from '../../platform/text/username';
import { RateLimits } from '../sessions/rate-limits';
import type { Session } from '../sessions/session';

/**
 * The name a session acts under, in the stored form, and whether it may begin to use it. The rules for names are in `access`,
 * shared with REST. Must not know what the name is used for.
 */
@Injectable()
export class SessionNames {
  constructor(
    private readonly limits: RateLimits,
    private readonly inUse: NamesInUse,
    @Inject(GuestNames) private readonly guestNames: Pick<GuestNames, 'check'>,
  ) {}

  /** The sender's name. @throws AppError */
  ofSender({ identity, username, newestName }: Session, given: string | undefined): string {
    // A name in use is normalised already.
    if (given !== undefined) return given === newestName ? given : senderName(identity, given);
    const name = identity.username ?? username;
    if (name === undefined) throw new AppError('username_missing');
    return name;
  }

  /**
   * The name for frames without one: as given, else as set before, else that of the identity. Undefined without any, and for a
   * guest who may not write.
   * @throws AppError
   */
  own({ identity, username }: Session, given: string | undefined): string | undefined {
    if (identity.username === undefined && !identity.can.write) return undefined;
    const name = given ?? username;
    return name === undefined ? identity.username : senderName(identity, name);
  }

  /** The name on the URL. Before authentication only truncated, not checked: `hello` does that. @throws AppError */
  onUrl(session: Session, given: string): string | undefined {
    if (session.identity.kind !== 'nobody') return this.own(session, given);
    return given.slice(0, MAX_GIVEN_USERNAME_LENGTH + 1);
  }

  /** Free for a name that the session has; a new one is charged, and must not look like another user's. @throws AppError */
  begin(session: Session, name: string): void {
    if (session.hasName(name)) return;
    this.limits.chargeName(session, name);
    this.inUse.require(session.identity, name);
  }

  /** Database check that a guest's name must pass before its first use. @returns undefined if none is needed. @throws AppError */
  check(session: Session, given: string | undefined): Promise<void> | undefined {
    const { identity } = session;
    if (identity.kind !== 'guest') return undefined;
    const name = this.own(session, given);
    return name === undefined || session.hasName(name) ? undefined : this.guestNames.check(identity, name);
  }
}
