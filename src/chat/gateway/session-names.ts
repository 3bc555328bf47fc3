import { Inject, Injectable } from '@nestjs/common';
import { GuestNames } from '../../access/guest-names';
import { NamesInUse } from '../../access/names-in-use';
import { senderName } from '../../access/sender-name';
import { AppError } from '../../platform/errors/app-error';
import { MAX_GIVEN_USERNAME_LENGTH } from '../../platform/text/username';
import { RateLimits } from '../sessions/rate-limits';
import type { Session } from '../sessions/session';

/**
 * Under which name a session acts, in the stored form, and whether it may begin to use it. What a name may be is decided in
 * `access`, for REST as well. Must not know what the name is used for.
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
    // A name in use was normalised when it came.
    if (given !== undefined) return given === newestName ? given : senderName(identity, given);
    const name = identity.username ?? username;
    if (name === undefined) throw new AppError('username_missing');
    return name;
  }

  /** The name for frames without one: as given, else as it was. Undefined: none, or for a guest who may not write. @throws AppError */
  own({ identity, username }: Session, given: string | undefined): string | undefined {
    if (identity.username === undefined && !identity.can.write) return undefined;
    const name = given ?? username;
    return name === undefined ? identity.username : senderName(identity, name);
  }

  /** The name on the URL; what it may be is not known before the client is authenticated, and `hello` decides. @throws AppError */
  onUrl(session: Session, given: string): string | undefined {
    if (session.identity.kind !== 'nobody') return this.own(session, given);
    return given.slice(0, MAX_GIVEN_USERNAME_LENGTH + 1);
  }

  /** Free for a name that the session has; another one is charged, and must not look like somebody else's. @throws AppError */
  begin(session: Session, name: string): void {
    if (session.hasName(name)) return;
    this.limits.chargeName(session, name);
    this.inUse.require(session.identity, name);
  }

  /** What the database has to be asked before a name can be begun. @returns undefined: nothing. @throws AppError */
  check(session: Session, given: string | undefined): Promise<void> | undefined {
    const { identity } = session;
    if (identity.kind !== 'guest') return undefined;
    const name = this.own(session, given);
    return name === undefined || session.hasName(name) ? undefined : this.guestNames.check(identity, name);
  }
}
