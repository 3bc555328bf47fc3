import { AppError } from '../platform/errors/app-error';
import { isLookalike } from '../platform/text/skeleton';
import { normalizeUsername } from '../platform/text/username';
import { GUEST_MARK, type Identity } from './identity';
import { OPERATOR_NAME } from './moderator-name';

/**
 * The name under which somebody writes, in the stored form: an author's own, which may be left out or repeated; a guest's, marked;
 * any other where there are no identities. Must not know whether writing is allowed.
 * @param given as it was sent; undefined: left out
 * @throws AppError naming the rule that the name breaks
 */
export function senderName(identity: Identity, given: string | undefined): string {
  if (identity.username !== undefined) {
    if (given !== undefined && given !== identity.username && normalizeUsername(given) !== identity.username)
      throw new AppError('name_not_yours');
    return identity.username;
  }
  if (given === undefined) throw new AppError('field_type', { field: 'username' });
  return identity.kind === 'guest' ? guestName(given) : normalizeUsername(given);
}

/** A mark that a guest gives along, as it gets its own name back in answers, is not repeated. */
function guestName(given: string): string {
  const name = normalizeUsername(given);
  // The bare name has to be valid by itself: a mark is no base for the combining marks behind it.
  const bare = name.startsWith(GUEST_MARK) ? normalizeUsername(name.slice(GUEST_MARK.length)) : name;
  const marked = normalizeUsername(GUEST_MARK + bare);
  const lower = marked.toLowerCase();
  // Beside a message that the operator has deleted, it would be the operator who speaks.
  if (lower === OPERATOR_NAME || isLookalike(lower, OPERATOR_NAME)) throw new AppError('name_owned');
  return marked;
}
