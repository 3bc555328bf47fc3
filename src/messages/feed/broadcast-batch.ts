import { next } from '../../storage/position';
import { isStoredMessage, type StoredMessage } from '../../storage/stored-message';

/** The bus topic of durable batches. A change of the payload's format needs a new name. */
export const COMMITTED = 'messages.committed';

/**
 * Checks a batch from another replica, which may run another version. An invalid id would make every later comparison with it
 * false; an invalid time cannot be formatted.
 * @throws TypeError without any of the payload, which may be a user's text
 */
export function checkBroadcast(payload: unknown): asserts payload is readonly StoredMessage[] {
  if (!Array.isArray(payload) || payload.length === 0) throw new TypeError('not a batch of messages');
  let id: number | undefined;
  for (const message of payload as unknown[]) {
    if (!isStoredMessage(message)) throw new TypeError('not a stored message');
    if (id !== undefined && message.id !== next(id)) throw new TypeError('a batch with a gap');
    ({ id } = message);
  }
}
