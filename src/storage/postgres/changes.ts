import type { ChangeRequest } from '../message-change';
import { MESSAGE_FIELDS } from '../stored-message';

const REQUEST: Record<keyof ChangeRequest, 'bigint' | 'text' | 'boolean'> = {
  messageId: 'bigint',
  text: 'text',
  authorId: 'bigint',
  by: 'text',
  isModerator: 'boolean',
  isUnlogged: 'boolean',
  reason: 'text',
  clientId: 'text',
  changeableSince: 'bigint',
  at: 'bigint',
};
const REQUEST_COLUMNS = Object.entries(REQUEST).map(([name, type]) => `"${name}" ${type}`);
/** The message's state as JSON, under the names of `StoredMessage`. */
const STATE = Object.entries(MESSAGE_FIELDS)
  .filter(([name]) => name !== 'clientId' && name !== 'clientHash')
  .map(([name, { column }]) => `'${name}', changed.${column}`)
  .join(', ');

/** The function call. Its parameter is a JSON array of `ChangeRequest`; the result has a `ChangeOutcome` for each. */
export function applyChanges(parameter: number): string {
  return `pg_temp.apply_changes($${parameter}) AS changes`;
}

/**
 * PL/pgSQL equivalent of `refusalOf` and, on SQLite, `ChangeStatements`. Locks the head row, so that ids of changes are
 * contiguous in commit order over all replicas.
 */
export const CREATE_APPLY_CHANGES = `
CREATE FUNCTION pg_temp.apply_changes(requests json) RETURNS json
LANGUAGE plpgsql AS $function$
DECLARE
  request record;
  stored messages%ROWTYPE;
  changed messages%ROWTYPE;
  key author_keys%ROWTYPE;
  last_change bigint;
  is_own boolean;
  outcomes json[] := '{}';
BEGIN
  PERFORM FROM message_head WHERE id = 1 FOR UPDATE;
  SELECT coalesce(max(id), 0) INTO STRICT last_change FROM changes;
  FOR request IN SELECT * FROM json_to_recordset(requests) AS entry (${REQUEST_COLUMNS.join(', ')}) LOOP
    SELECT * INTO stored FROM messages WHERE id = request."messageId";
    SELECT * INTO key FROM author_keys WHERE author_id = request."authorId" AND client_id = request."clientId";
    is_own := coalesce(stored.author_id = request."authorId", false);
    IF key.author_id IS NOT NULL THEN
      -- The text of a superseded edit no longer exists, so it cannot be compared. A deletion is still visible.
      IF key.change_id IS NULL OR key.message_id <> request."messageId"
        OR (request.text IS NULL AND stored.deleted_at IS NULL)
        OR (request.text IS NOT NULL AND stored.change_id = key.change_id AND stored.message <> request.text) THEN
        outcomes := outcomes || json_build_object('refused', 'client_id_taken');
      ELSE
        outcomes := outcomes || json_build_object('repeat', json_build_object('changeId', key.change_id,
          'at', (SELECT created_at FROM changes WHERE id = key.change_id)));
      END IF;
    ELSIF stored.id IS NULL THEN
      outcomes := outcomes || json_build_object('refused', 'message_unknown');
    ELSIF NOT is_own AND (request.text IS NOT NULL OR NOT request."isModerator") THEN
      outcomes := outcomes || json_build_object('refused', 'message_not_yours');
    ELSIF stored.deleted_at IS NOT NULL AND request.text IS NOT NULL THEN
      outcomes := outcomes || json_build_object('refused', 'message_deleted');
    ELSIF stored.deleted_at IS NOT NULL THEN
      outcomes := outcomes || json_build_object('repeat',
        json_build_object('changeId', stored.change_id, 'at', stored.deleted_at));
    ELSIF stored.created_at < request."changeableSince"
      AND (request.text IS NOT NULL OR NOT request."isModerator") THEN
      outcomes := outcomes || json_build_object('refused', 'edit_window_over');
    ELSE
      last_change := last_change + 1;
      INSERT INTO changes (id, message_id, created_at) VALUES (last_change, stored.id, request.at);
      IF request."authorId" IS NOT NULL AND request."clientId" IS NOT NULL THEN
        INSERT INTO author_keys (author_id, client_id, message_id, change_id)
        VALUES (request."authorId", request."clientId", stored.id, last_change);
      END IF;
      IF request.text IS NULL THEN
        -- The digest is erased with the text: a short text could be guessed from it.
        UPDATE messages SET message = '', client_hash = NULL, change_id = last_change, deleted_at = request.at,
          deleted_by = request."by" WHERE id = stored.id RETURNING * INTO changed;
      ELSE
        UPDATE messages SET message = request.text, change_id = last_change, edited_at = request.at
        WHERE id = stored.id RETURNING * INTO changed;
      END IF;
      UPDATE stats_totals SET code_points = code_points + length(changed.message) - length(stored.message)
      WHERE messages >= stored.id;
      IF NOT is_own AND request."isUnlogged" IS NULL THEN
        INSERT INTO moderation_log (created_at, moderator, action, username, message_id, reason)
        VALUES (request.at, request."by", 'delete', stored.username, stored.id, request.reason);
      END IF;
      outcomes := outcomes || json_build_object('changed', json_strip_nulls(json_build_object(${STATE})));
    END IF;
  END LOOP;
  RETURN array_to_json(outcomes);
END
$function$;
`;
