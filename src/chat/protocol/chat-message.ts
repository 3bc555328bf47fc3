import { preciseTimestamp, wireTimestamp } from '../../platform/text/timestamps';
import type { ChangedMessage } from '../../storage/message-change';
import type { PendingMessage, StoredMessage } from '../../storage/stored-message';
import type { V1In, V2In } from './frames';
import { quoted } from './serializer';

/*
 * The `chat_message` of both protocols: from a client's frame to a message, and from a message to the server's frame. These are
 * templates for the reason given in serializer.ts; serializer.spec.ts holds them against their schemas.
 */

/** A `client_id` is an unlisted key under v1, which is ignored. */
export function messageOfV1(
  { message }: V1In['chat_message'],
  username: string,
  authorId: number | undefined,
): PendingMessage {
  return { id: 0, username, message, createdAt: 0, clientId: undefined, authorId };
}

/** @param username the sender's, in the stored form */
export function messageOfV2(
  { message, client_id }: V2In['chat_message'],
  username: string,
  authorId: number | undefined,
): PendingMessage {
  return { id: 0, username, message, createdAt: 0, clientId: client_id, authorId };
}

export function chatMessageV1({ username, message, createdAt }: StoredMessage): string {
  return `{"type":"chat_message","username":${quoted(username)},"message":${quoted(message)},"timestamp":"${wireTimestamp(createdAt)}"}`;
}

/** Also the `data` of Server-Sent Events. */
export function chatMessageV2(stored: StoredMessage): string {
  const { id, username, message, createdAt, authorId, changeId } = stored;
  const start = `{"type":"chat_message","id":${id},"username":${quoted(username)},"message":${quoted(message)},"timestamp":"${preciseTimestamp(createdAt)}"`;
  if (authorId == null && changeId == null) return `${start}}`;
  return `${start}${authorId == null ? '' : ',"verified":true'}${changeId == null ? '' : stateV2(stored)}}`;
}

/** A message in its state after a change; also the `data` of Server-Sent Events. */
export function messageChangedV2(changed: ChangedMessage): string {
  const { id, username, message, createdAt } = changed;
  return `{"type":"message_changed","id":${id}${stateV2(changed)},"username":${quoted(username)},"message":${quoted(message)},"timestamp":"${preciseTimestamp(createdAt)}"}`;
}

/** The fields that only a changed message has, each with the comma before it. */
function stateV2({ changeId, editedAt, deletedAt, deletedBy }: StoredMessage): string {
  const edited = editedAt == null ? '' : `,"edited_at":"${preciseTimestamp(editedAt)}"`;
  const deleted = deletedAt == null ? '' : `,"deleted_at":"${preciseTimestamp(deletedAt)}"`;
  const by = deletedBy == null ? '' : `,"deleted_by":${quoted(deletedBy)}`;
  return `,"change_id":${changeId}${edited}${deleted}${by}`;
}
