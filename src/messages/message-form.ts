import { preciseTimestamp, storedTimestamp } from '../platform/text/timestamps';
import type { StoredMessage } from '../storage/stored-message';
import type { FullMessageDto, MessageDto, MessageOf, View } from './message.dto';

/** A message in the form of a list. Without a view, the row may lack the fields beyond the API document's. */
export function formOf(row: StoredMessage, view: View): MessageOf {
  return view === 'full' ? fullForm(row) : documentForm(row);
}

/** The form of protocol v2: JSON leaves out what is undefined. */
export function fullForm(row: StoredMessage): FullMessageDto {
  return {
    id: row.id,
    username: row.username,
    message: row.message,
    timestamp: preciseTimestamp(row.createdAt),
    edited_at: timeOf(row.editedAt),
    deleted_at: timeOf(row.deletedAt),
    deleted_by: row.deletedBy ?? undefined,
    change_id: row.changeId ?? undefined,
    verified: row.authorId == null ? undefined : true,
  };
}

/** A tombstone's text is empty already. */
function documentForm({ id, username, message, createdAt }: StoredMessage): MessageDto {
  return { id, username, message, timestamp: storedTimestamp(createdAt) };
}

function timeOf(ms: number | null | undefined): string | undefined {
  return ms == null ? undefined : preciseTimestamp(ms);
}
