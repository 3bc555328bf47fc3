import { preciseTimestamp, wireTimestamp } from '../../platform/text/timestamps';
import type { PendingMessage, StoredMessage } from '../../storage/stored-message';
import type { V1In, V2In } from './frames';
import { quoted } from './serializer';

/*
 * The `chat_message` of both protocols: from a client's frame to a message, and from a message to the server's frame. These are
 * templates for the reason given in serializer.ts; serializer.spec.ts holds them against their schemas.
 */

/** A `client_id` is an unlisted key under v1, which is ignored. */
export function messageOfV1({ message }: V1In['chat_message'], username: string): PendingMessage {
  return { id: 0, username, message, createdAt: 0, clientId: undefined };
}

/** @param username the sender's, in the stored form */
export function messageOfV2({ message, client_id }: V2In['chat_message'], username: string): PendingMessage {
  return { id: 0, username, message, createdAt: 0, clientId: client_id };
}

export function chatMessageV1({ username, message, createdAt }: StoredMessage): string {
  return `{"type":"chat_message","username":${quoted(username)},"message":${quoted(message)},"timestamp":"${wireTimestamp(createdAt)}"}`;
}

/** Also the `data` of Server-Sent Events. */
export function chatMessageV2({ id, username, message, createdAt }: StoredMessage): string {
  return `{"type":"chat_message","id":${id},"username":${quoted(username)},"message":${quoted(message)},"timestamp":"${preciseTimestamp(createdAt)}"}`;
}
