import type { Message as Received } from '@chat-system/client';
import type { Message } from '../api.js';

/** Converts a message of the protocol to the element's. */
export function received({ id, username, message, timestamp, ...rest }: Received): Message {
  return {
    id,
    username,
    text: message,
    time: Date.parse(timestamp),
    isVerified: rest.verified === true,
    ...(rest.edited_at === undefined ? {} : { editedAt: Date.parse(rest.edited_at) }),
    ...(rest.deleted_at === undefined ? {} : { deletedAt: Date.parse(rest.deleted_at) }),
    ...(rest.deleted_by === undefined ? {} : { deletedBy: rest.deleted_by }),
  };
}
