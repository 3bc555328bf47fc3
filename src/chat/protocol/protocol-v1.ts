import { wireTimestamp } from '../../platform/text/timestamps';
import { chatMessageV1, messageOfV1 } from './chat-message';
import type { Protocol } from './protocol';
import { serialize } from './serializer';
import { encodeFrames } from './wire';

/** Subprotocol name of v1, for browsers that pass a token as an offer: the server must select another of their offers. */
export const V1_SUBPROTOCOL = 'chat.v1';

/** The API document's own protocol: three frames, timestamps to the second. */
export const PROTOCOL_V1: Protocol = {
  name: 'v1',
  tellsEachJoin: true,

  toMessage: messageOfV1,
  // v1 has no frame for a tombstone, and requires a text.
  messages: (batch) => encodeFrames(batch.filter(({ deletedAt }) => deletedAt == null).map(chatMessageV1)),

  userJoined: (username, now) => serialize({ type: 'user_joined', username, timestamp: wireTimestamp(now) }),
  userLeft: () => undefined,
  typing: () => undefined,
  presence: () => undefined,

  error: (error, language, now) =>
    serialize({ type: 'error', message: error.text(language), timestamp: wireTimestamp(now) }),
};
