import { AppError } from '../platform/errors/app-error';
import { isLookalike } from '../platform/text/skeleton';
import { normalizeUsername } from '../platform/text/username';
import { GUEST_MARK, type Identity } from './identity';
import { OPERATOR_NAME } from './moderator-name';

/**
 * The sender's name in the stored form: an author's own, which may be omitted or repeated; a guest's, marked; any name where
 * there are no identities. Must not know whether writing is allowed.
 * @param given as sent; undefined: omitted
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

/** Adds the mark unless the guest has sent it: answers contain the marked name. */
function guestName(given: string): string {
  const name = normalizeUsername(given);
  // The bare name must be valid by itself: the `~` must not become the base of combining marks.
  const bare = name.startsWith(GUEST_MARK) ? normalizeUsername(name.slice(GUEST_MARK.length)) : name;
  const marked = normalizeUsername(GUEST_MARK + bare);
  const lower = marked.toLowerCase();
  // Such a guest would pass for the operator, whose name is public in `deleted_by`.
  if (lower === OPERATOR_NAME || isLookalike(lower, OPERATOR_NAME)) throw new AppError('name_owned');
  return marked;
}
