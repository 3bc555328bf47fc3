import { preciseTimestamp } from '../../platform/text/timestamps';
import type { Protocol } from './protocol';
import { chatMessageV2, presence, serialize } from './serializer';
import { encodeFrames } from './wire';

/** The subprotocol by which a client asks for v2. */
export const V2_SUBPROTOCOL = 'chat.v2';

/** Adds acknowledgements, resuming and presence to v1. */
export const PROTOCOL_V2: Protocol & { gap: object } = {
  name: 'v2',
  tellsEachJoin: false,

  messages: (batch) => encodeFrames(batch.map(chatMessageV2)),
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
