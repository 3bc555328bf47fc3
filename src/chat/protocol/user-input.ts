/** Texts and idempotency keys obey the same rules however they arrive. */
export { checkClientId, checkMessage, isStorable } from '../../messages/message-input';
