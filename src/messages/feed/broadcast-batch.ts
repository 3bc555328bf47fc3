import { MAX_USERNAME_LENGTH } from '../../platform/text/username';
import { next } from '../../storage/position';
import type { StoredMessage } from '../../storage/stored-message';

/** The bus topic of batches, broadcast once they are durable. A change of the payload's form needs another name. */
export const COMMITTED = 'messages.committed';

/** The largest value of a `Date`, in epoch milliseconds. */
const MAX_TIME = 8.64e15;

/**
 * Checks a batch that another replica broadcast, which may run another version. An invalid id would make every comparison with it
 * false from then on; an invalid time cannot be formatted.
 * @throws TypeError that quotes nothing of the payload: it may be a user's text
 */
export function checkBroadcast(payload: unknown): asserts payload is readonly StoredMessage[] {
  if (!Array.isArray(payload) || payload.length === 0) throw new TypeError('not a batch of messages');
  const [first, ...others] = payload as unknown[];
  checkMessage(first);
  let { id } = first;
  for (const message of others) {
    checkMessage(message);
    if (message.id !== next(id)) throw new TypeError('a batch with a gap');
    id = message.id;
  }
}

function checkMessage(value: unknown): asserts value is StoredMessage {
  const { id, username, message, createdAt, clientId } = Object(value) as Record<string, unknown>;
  const isMessage =
    Number.isSafeInteger(id) &&
    (id as number) > 0 &&
    isText(username) &&
    // A code point has at most two UTF-16 units.
    username.length <= 2 * MAX_USERNAME_LENGTH &&
    isText(message) &&
    Number.isSafeInteger(createdAt) &&
    Math.abs(createdAt as number) <= MAX_TIME &&
    (clientId === undefined || typeof clientId === 'string');
  if (!isMessage) throw new TypeError('not a stored message');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.isWellFormed();
}
