import { MAX_USERNAME_LENGTH } from '../../platform/text/username';
import type { StoredMessage } from '../../storage/stored-message';

/** What a date can be, in epoch milliseconds. */
const MAX_TIME = 8.64e15;

/**
 * What another replica announces may be of another version. An id that is none would make every comparison with it false,
 * for ever; a time that is none has no form to be sent in.
 * @throws TypeError which quotes nothing of it, as it may be somebody's text
 */
export function checkBroadcast(payload: unknown): asserts payload is readonly StoredMessage[] {
  if (!Array.isArray(payload) || payload.length === 0) throw new TypeError('it is no batch of messages');
  const [first, ...others] = payload as unknown[];
  checkMessage(first);
  let { id } = first;
  for (const message of others) {
    checkMessage(message);
    if (message.id !== ++id) throw new TypeError('it is a batch with a hole');
  }
}

function checkMessage(value: unknown): asserts value is StoredMessage {
  const { id, username, message, createdAt, clientId } = Object(value) as Record<string, unknown>;
  const isMessage =
    Number.isSafeInteger(id) &&
    (id as number) > 0 &&
    isText(username) &&
    // A code point has two UTF-16 units at most.
    username.length <= 2 * MAX_USERNAME_LENGTH &&
    isText(message) &&
    Number.isSafeInteger(createdAt) &&
    Math.abs(createdAt as number) <= MAX_TIME &&
    (clientId === undefined || typeof clientId === 'string');
  if (!isMessage) throw new TypeError('it is no stored message');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.isWellFormed();
}
