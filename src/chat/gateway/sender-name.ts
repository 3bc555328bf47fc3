import { GUEST_MARK } from '../../access/identity';
import { AppError } from '../../platform/errors/app-error';
import { MAX_GIVEN_USERNAME_LENGTH, normalizeUsername } from '../../platform/text/username';
import type { Session } from '../sessions/session';

/*
 * Under which name a client acts. With an identity it has exactly its own, whatever its frames say; a guest has the name it
 * gives, marked; where access is off, anybody has any name.
 */

/** The sender's name, in the stored form. @throws AppError */
export function nameOfSender(session: Session, given: string | undefined): string {
  // A name in use was normalised when it came.
  if (given !== undefined) return given === session.newestName ? given : normalName(session, given);
  const username = session.identity.username ?? session.username;
  if (username === undefined) throw new AppError('username_missing');
  return username;
}

/** The name for frames without one: as given, else as it was. Undefined: none, or for a guest who may not write. @throws AppError */
export function ownName(session: Session, given: string | undefined): string | undefined {
  const { identity } = session;
  if (identity.username === undefined && !identity.can.write) return undefined;
  const name = given ?? session.username;
  return name === undefined ? identity.username : normalName(session, name);
}

/** The name on the URL; what it may be is not known before the client is authenticated, and `hello` decides. @throws AppError */
export function nameOnUrl(session: Session, given: string): string | undefined {
  if (session.identity.kind !== 'nobody') return ownName(session, given);
  return given.slice(0, MAX_GIVEN_USERNAME_LENGTH + 1);
}

/** @throws AppError where the name is not valid, or not the sender's */
function normalName({ identity }: Session, given: string): string {
  if (identity.kind === 'guest') return guestName(given);
  const { username } = identity;
  if (given === username) return given;
  const name = normalizeUsername(given);
  if (username !== undefined && name !== username) throw new AppError('name_not_yours');
  return name;
}

/** The mark counts towards the length of the name; alone it is none. */
function guestName(given: string): string {
  const name = normalizeUsername(given);
  return name.startsWith(GUEST_MARK) && name !== GUEST_MARK ? name : normalizeUsername(GUEST_MARK + name);
}
