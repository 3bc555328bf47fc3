import { preciseTimestamp } from '../../platform/text/timestamps';
import { chatMessageV2, messageChangedV2, messageOfV2 } from './chat-message';
import type { V1In, V2In } from './frames';
import type { Protocol } from './protocol';
import { presence, serialize } from './serializer';
import { encodeFrames } from './wire';

/** The subprotocol by which a client asks for v2. */
export const V2_SUBPROTOCOL = 'chat.v2';

/** Adds acknowledgements, resuming and presence to v1. */
export const PROTOCOL_V2: Protocol & { gap: object } = {
  name: 'v2',
  tellsEachJoin: false,

  toMessage: messageOfV2,
  messages: (batch) => encodeFrames(batch.map(chatMessageV2)),
  changes: (batch) => encodeFrames(batch.map(messageChangedV2)),
  gap: (from, to) => encodeFrames([serialize({ type: 'gap', from, to })]),

  userJoined: (username, now) => serialize({ type: 'user_joined', username, timestamp: preciseTimestamp(now) }),
  userLeft: (username, now) => serialize({ type: 'user_left', username, timestamp: preciseTimestamp(now) }),
  typing: (username) => serialize({ type: 'typing', username }),
  presence,

  error: (error, language, now, clientId) =>
    serialize({
      type: 'error',
      code: error.code,
      message: error.text(language),
      timestamp: preciseTimestamp(now),
      ...(clientId !== undefined && { client_id: clientId }),
      ...(error.retryAfterMs !== undefined && { retry_after_ms: error.retryAfterMs }),
    }),
};

/** Undefined under v1, where a `client_id` is an unlisted key, which is ignored. */
export function idempotencyKeyOf(
  protocol: Protocol,
  frame: V1In['chat_message'] | V2In['chat_message'],
): string | undefined {
  return protocol === PROTOCOL_V2 ? (frame as V2In['chat_message']).client_id : undefined;
}
