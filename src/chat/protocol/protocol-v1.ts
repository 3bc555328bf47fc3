import { wireTimestamp } from '../../platform/text/timestamps';
import type { Protocol } from './protocol';
import { chatMessageV1, serialize } from './serializer';
import { encodeFrames } from './wire';

/** The API document's own protocol: three frames, timestamps to the second. */
export const PROTOCOL_V1: Protocol = {
  name: 'v1',
  tellsEachJoin: true,

  messages: (batch) => encodeFrames(batch.map(chatMessageV1)),

  userJoined: (username, now) => serialize({ type: 'user_joined', username, timestamp: wireTimestamp(now) }),
  userLeft: () => undefined,
  typing: () => undefined,
  presence: () => undefined,

  error: (error, language, now) =>
    serialize({ type: 'error', message: error.text(language), timestamp: wireTimestamp(now) }),
};
