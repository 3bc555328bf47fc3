import type { StoredMessage } from './stored-message';

/** A requested change. Checked where the message is read: inside the transaction that changes it. */
export interface ChangeRequest {
  readonly messageId: number;
  /** The new text; undefined: deletion. */
  readonly text?: string;
  /** The requester (`authors.id`); undefined: no identity, which requires `isModerator`. */
  readonly authorId?: number;
  /** The name for `deleted_by` and for the moderation log. */
  readonly by: string;
  /** May delete messages of others; doing so adds to the moderation log, in the same transaction. */
  readonly isModerator: boolean;
  /** Not logged individually: part of an action that is logged as a whole. */
  readonly isUnlogged?: true;
  /** For the moderation log. */
  readonly reason?: string;
  /** The idempotency key, in the same space as those of the author's messages. */
  readonly clientId?: string;
  /** Epoch milliseconds: authors may change only messages stored since then. */
  readonly changeableSince: number;
  /** Epoch milliseconds by the server's clock. Set by the log; 0 before. */
  at: number;
}

/** A message in its state after a change. */
export type ChangedMessage = StoredMessage & { readonly changeId: number };

export type ChangeRefusal =
  'message_unknown' | 'message_not_yours' | 'message_deleted' | 'edit_window_over' | 'client_id_taken';

/** Outcome of a request: changed now; a repeat (same idempotency key, or already deleted); or refused without effect. */
export type ChangeOutcome =
  | { readonly changed: ChangedMessage }
  | { readonly repeat: { readonly changeId: number; readonly at: number } }
  | { readonly refused: ChangeRefusal };

/** The reason to refuse a change of the message (undefined: unknown), if any. Deleting a deleted message is a repeat. */
export function refusalOf(request: ChangeRequest, message: StoredMessage | undefined): ChangeRefusal | undefined {
  if (!message) return 'message_unknown';
  const isDeletion = request.text === undefined;
  if (isDeletion && request.isModerator) return undefined;
  if (message.authorId == null || message.authorId !== request.authorId) return 'message_not_yours';
  if (message.deletedAt != null) return isDeletion ? undefined : 'message_deleted';
  return message.createdAt < request.changeableSince ? 'edit_window_over' : undefined;
}
