import { wireTimestamp } from '../../platform/text/timestamps';
import { quoted } from './json-text';
import { encodeFrames } from './wire';
import { V1_IN, type V1Out } from './frames';
import type { Protocol } from './protocol';

/** The API document's own protocol: three frames, timestamps to the second, nothing else. */
export const PROTOCOL_V1: Protocol = {
  name: 'v1',
  clientFrames: new Set(Object.keys(V1_IN)),
  tellsEachJoin: true,

  messages: (batch) =>
    encodeFrames(
      batch.map(
        ({ username, message, createdAt }) =>
          `{"type":"chat_message","username":${quoted(username)},"message":${quoted(message)},"timestamp":"${wireTimestamp(createdAt)}"}`,
      ),
    ),

  userJoined: (username, now) => json({ type: 'user_joined', username, timestamp: wireTimestamp(now) }),
  userLeft: () => undefined,
  typing: () => undefined,
  presence: () => undefined,

  error: (error, language, now) =>
    json({ type: 'error', message: error.text(language), timestamp: wireTimestamp(now) }),
};

function json(frame: V1Out[keyof V1Out]): string {
  return JSON.stringify(frame);
}
