import { SEEK_ONLY } from './options';
import { MOVE_COUNTERS_ON } from './counters';
import { clientHashOf } from '../client-hash';
import { nameOf, type NewMessage } from '../stored-message';

/** Messages that readers of the counters may have to look through, about; more are counted with the next batch. */
const FOLLOW_AFTER = 500;

/**
 * Prepares a session to append. The whole transaction is one function of the session's own, so a batch costs one round trip,
 * and the lock on the head row is never held while anybody waits for a client: a replica that freezes in the middle of an
 * append holds up nobody. As it belongs to the session and not to the schema, replicas of different versions can have
 * different ones.
 *
 * Every statement in it sees what was committed before it began (READ COMMITTED), hence after the lock was granted: repeats
 * are found whichever replica stored the message.
 */
export const PREPARE_SESSION = `
SET statement_timeout = 1500;
${Object.entries(SEEK_ONLY)
  .map(([name, value]) => `SET ${name} = ${value};`)
  .join('\n')}
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
CREATE FUNCTION pg_temp.append_messages(
  usernames text[], texts text[], times bigint[], client_ids text[], client_hashes text[], repeats_itself boolean
) RETURNS json
LANGUAGE plpgsql AS $function$
DECLARE
  head bigint;
  last_new bigint;
  covered bigint;
  repeats json := '[]';
  taken json;
BEGIN
  -- First of all: it makes the order of the commits that of the ids, over all replicas.
  SELECT message_head.last_id INTO STRICT head FROM message_head WHERE id = 1 FOR UPDATE;
  IF repeats_itself OR EXISTS (
    SELECT FROM unnest(usernames, client_ids) AS entry (username, client_id)
    -- The limit keeps it a look into the index for each, however the plan was made that a session keeps.
    CROSS JOIN LATERAL (
      SELECT FROM messages WHERE username = entry.username AND client_id = entry.client_id LIMIT 1
    ) AS stored
  ) THEN
    WITH batch AS (
      SELECT * FROM unnest(usernames, texts, times, client_ids, client_hashes)
      WITH ORDINALITY AS entry (username, message, created_at, client_id, client_hash, place)
    ), judged AS (
      SELECT batch.*, stored.id AS stored_id, stored.created_at AS stored_at,
        stored.id IS NULL AND (batch.client_id IS NULL OR row_number() OVER same = 1) AS is_new,
        -- An older version stores no hash.
        coalesce(stored.client_hash = batch.client_hash, stored.message = batch.message,
          first_value(batch.message) OVER same = batch.message) AS is_same
      FROM batch LEFT JOIN messages stored ON stored.username = batch.username AND stored.client_id = batch.client_id
      WINDOW same AS (PARTITION BY batch.username, batch.client_id ORDER BY place)
    ), numbered AS (
      SELECT *, head + count(*) FILTER (WHERE is_new) OVER (ORDER BY place) AS new_id FROM judged
    ), inserted AS (
      INSERT INTO messages (id, username, message, created_at, client_id, client_hash)
      SELECT new_id, username, message, created_at, client_id, client_hash FROM numbered WHERE is_new
    ), answered AS (
      SELECT place, is_new, is_same, new_id, coalesce(stored_id, first_value(new_id) OVER same) AS known_id,
        coalesce(stored_at, first_value(created_at) OVER same) AS known_at
      FROM numbered WINDOW same AS (PARTITION BY username, client_id ORDER BY place)
    )
    SELECT head + count(*) FILTER (WHERE is_new), coalesce(
      json_agg(json_build_object('index', place - 1, 'id', known_id, 'createdAt', known_at) ORDER BY place)
        FILTER (WHERE NOT is_new AND is_same), '[]'
    ), json_agg(place - 1 ORDER BY place) FILTER (WHERE NOT is_new AND NOT is_same)
    INTO last_new, repeats, taken FROM answered;
  ELSE
    -- Nearly always. To tell repeats from the rest would take half as long again.
    INSERT INTO messages (id, username, message, created_at, client_id, client_hash)
    SELECT head + place, username, message, created_at, client_id, client_hash
    FROM unnest(usernames, texts, times, client_ids, client_hashes)
    WITH ORDINALITY AS entry (username, message, created_at, client_id, client_hash, place);
    last_new := head + cardinality(usernames);
  END IF;
  IF last_new > head THEN
    UPDATE message_head SET last_id = last_new WHERE id = 1;
    -- The counters and the user index follow in bulk: with each batch they would cost more than the messages.
    SELECT stats_totals.messages INTO STRICT covered FROM stats_totals WHERE id = 1;
    IF last_new - covered >= ${FOLLOW_AFTER} THEN
      INSERT INTO user_messages (username, id)
      SELECT username, id FROM messages WHERE id > covered AND id <= last_new ORDER BY username, id;
      ${MOVE_COUNTERS_ON}
    END IF;
  END IF;
  RETURN json_strip_nulls(json_build_object('firstId', head + 1, 'repeats', repeats, 'taken', taken));
END
$function$;
`;

/** The statement that appends a batch; its one row has `appended`. */
export function appendStatement(batch: readonly NewMessage[]): { name: string; text: string; values: unknown[] } {
  return {
    name: 'append',
    text: 'SELECT pg_temp.append_messages($1, $2, $3, $4, $5, $6) AS appended',
    values: [
      batch.map(({ username }) => username),
      batch.map(({ message }) => message),
      batch.map(({ createdAt }) => createdAt),
      batch.map(({ clientId }) => clientId ?? null),
      batch.map(clientHashOf),
      repeatsItself(batch),
    ],
  };
}

/** Whether a `client_id` is in the batch twice. */
function repeatsItself(batch: readonly NewMessage[]): boolean {
  const names = batch.flatMap(({ username, clientId }) => (clientId == null ? [] : [nameOf(username, clientId)]));
  return new Set(names).size < names.length;
}
