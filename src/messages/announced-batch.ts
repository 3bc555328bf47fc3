import type { StoredMessage } from './stored-message';

/**
 * What another replica announces comes over a server that anybody may write to. An id that is none would make every
 * comparison with it false, for ever.
 * @throws TypeError which quotes nothing of it, as it may be somebody's text
 */
export function checkAnnounced(payload: unknown): asserts payload is readonly StoredMessage[] {
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
    typeof username === 'string' &&
    typeof message === 'string' &&
    Number.isFinite(createdAt) &&
    (clientId === undefined || typeof clientId === 'string');
  if (!isMessage) throw new TypeError('it is no stored message');
}
