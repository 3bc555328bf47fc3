import { wireTimestamp } from '../../platform/text/timestamps';
import { chatMessageV1, messageOfV1 } from './chat-message';
import type { Protocol } from './protocol';
import { serialize } from './serializer';
import { encodeFrames } from './wire';

/** The name of v1 for browsers that hand over a token: they must offer, and be answered, a subprotocol beside it. */
export const V1_SUBPROTOCOL = 'chat.v1';

/** The API document's own protocol: three frames, timestamps to the second. */
export const PROTOCOL_V1: Protocol = {
  name: 'v1',
  tellsEachJoin: true,

  toMessage: messageOfV1,
  // v1 has no form for a tombstone, and must have a text.
  messages: (batch) => encodeFrames(batch.filter(({ deletedAt }) => deletedAt == null).map(chatMessageV1)),

  userJoined: (username, now) => serialize({ type: 'user_joined', username, timestamp: wireTimestamp(now) }),
  userLeft: () => undefined,
  typing: () => undefined,
  presence: () => undefined,

  error: (error, language, now) =>
    serialize({ type: 'error', message: error.text(language), timestamp: wireTimestamp(now) }),
};
