import { preciseTimestamp } from '../../platform/text/timestamps';
import type { StoredMessage } from '../../storage/stored-message';
import { quoted } from './json-text';
import { encodeFrames } from './wire';
import { V2_IN, type V2Out } from './frames';
import type { Protocol } from './protocol';

/** The subprotocol by which a client asks for v2. */
export const V2_SUBPROTOCOL = 'chat.v2';

/** Acknowledged, resumable, with presence: what v1 has, and more. */
export const PROTOCOL_V2: Protocol & { gap: object } = {
  name: 'v2',
  clientFrames: new Set(Object.keys(V2_IN)),
  tellsEachJoin: false,

  messages: (batch) => encodeFrames(batch.map(chatMessage)),
  gap: (from, to) => encodeFrames([json({ type: 'gap', from, to })]),

  userJoined: (username, now) => json({ type: 'user_joined', username, timestamp: preciseTimestamp(now) }),
  userLeft: (username, now) => json({ type: 'user_left', username, timestamp: preciseTimestamp(now) }),
  typing: (username) => json({ type: 'typing', username }),
  presence: (count, users) =>
    `{"type":"presence","user_count":${count}${users === undefined ? '' : `,"users":${users}`}}`,

  error: (error, language, now, clientId) =>
    json({
      type: 'error',
      code: error.code,
      message: error.text(language),
      timestamp: preciseTimestamp(now),
      ...(clientId !== undefined && { client_id: clientId }),
      ...(error.retryAfterMs !== undefined && { retry_after_ms: error.retryAfterMs }),
    }),
};

/** The v2 frame of a message; also what Server-Sent Events carry. */
export function chatMessage({ id, username, message, createdAt }: StoredMessage): string {
  return `{"type":"chat_message","id":${id},"username":${quoted(username)},"message":${quoted(message)},"timestamp":"${preciseTimestamp(createdAt)}"}`;
}

/** Any other frame of v2, as JSON. */
export function json(frame: V2Out[keyof V2Out]): string {
  return JSON.stringify(frame);
}
