import { clientHashOf } from '../client-hash';
import { GIVEN_FIELDS, MESSAGE_FIELDS, nameOf, type NewMessage } from '../stored-message';
import { CATCH_UP_COUNTERS } from './counters';
import { SEEK_ONLY } from './options';

/** Messages after which counters and user index catch up; readers scan the uncovered ones. */
const CATCH_UP_AFTER = 500;

const FIELDS = [...GIVEN_FIELDS.map((name) => MESSAGE_FIELDS[name]), MESSAGE_FIELDS.clientHash];
const COLUMNS = FIELDS.map(({ column }) => column).join(', ');
/** The batch comes as an array per column. */
const ARRAYS = FIELDS.map(({ column }) => `batch_${column}`).join(', ');
const PARAMETERS = FIELDS.map(({ column, type }) => `batch_${column} ${type === 'integer' ? 'bigint' : 'text'}[]`);
const PLACEHOLDERS = [...FIELDS, 'repeats_itself'].map((_, i) => `$${i + 1}`).join(', ');

/**
 * Prepares a session to append. The whole transaction is one function of the session, so a batch costs one round trip, and the
 * lock on the head row is never held while waiting for a client: a replica that freezes during an append does not block the
 * others. Since it belongs to the session and not to the schema, replicas of different versions may have different ones.
 *
 * Each of its statements sees what was committed before it began (READ COMMITTED), hence after the lock was granted: it finds
 * repeats whichever replica stored the message.
 */
export const PREPARE_SESSION = `
SET statement_timeout = 1500;
${Object.entries(SEEK_ONLY)
  .map(([name, value]) => `SET ${name} = ${value};`)
  .join('\n')}
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
CREATE FUNCTION pg_temp.append_messages(
  ${PARAMETERS.join(', ')}, repeats_itself boolean
) RETURNS json
LANGUAGE plpgsql AS $function$
DECLARE
  head bigint;
  last_new bigint;
  covered bigint;
  repeats json := '[]';
  taken json;
BEGIN
  -- First, so that over all replicas the order of commits is that of the ids.
  SELECT message_head.last_id INTO STRICT head FROM message_head WHERE id = 1 FOR UPDATE;
  IF repeats_itself OR EXISTS (
    SELECT FROM unnest(batch_username, batch_client_id) AS entry (username, client_id)
    -- The limit forces an index lookup per entry, whatever plan the session has cached.
    CROSS JOIN LATERAL (
      SELECT FROM messages WHERE username = entry.username AND client_id = entry.client_id LIMIT 1
    ) AS stored
  ) THEN
    WITH batch AS (
      SELECT * FROM unnest(${ARRAYS}) WITH ORDINALITY AS entry (${COLUMNS}, place)
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
      INSERT INTO messages (id, ${COLUMNS}) SELECT new_id, ${COLUMNS} FROM numbered WHERE is_new
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
    -- Nearly always. Separating repeats would cost half as much again.
    INSERT INTO messages (id, ${COLUMNS})
    SELECT head + place, ${COLUMNS} FROM unnest(${ARRAYS}) WITH ORDINALITY AS entry (${COLUMNS}, place);
    last_new := head + cardinality(batch_username);
  END IF;
  IF last_new > head THEN
    UPDATE message_head SET last_id = last_new WHERE id = 1;
    -- Counters and user index catch up in bulk: in each batch they would cost more than the messages.
    SELECT stats_totals.messages INTO STRICT covered FROM stats_totals WHERE id = 1;
    IF last_new - covered >= ${CATCH_UP_AFTER} THEN
      ${CATCH_UP_COUNTERS}
    END IF;
  END IF;
  RETURN json_strip_nulls(json_build_object('firstId', head + 1, 'repeats', repeats, 'taken', taken));
END
$function$;
`;

/** The statement that appends a batch; its one row holds `appended`. */
export function appendStatement(batch: readonly NewMessage[]): { name: string; text: string; values: unknown[] } {
  return {
    name: 'append',
    text: `SELECT pg_temp.append_messages(${PLACEHOLDERS}) AS appended`,
    values: [
      ...GIVEN_FIELDS.map((name) => batch.map((message) => message[name] ?? null)),
      batch.map(clientHashOf),
      repeatsItself(batch),
    ],
  };
}

/** Whether an idempotency key occurs twice in the batch. */
function repeatsItself(batch: readonly NewMessage[]): boolean {
  const names = batch.flatMap(({ username, clientId }) => (clientId == null ? [] : [nameOf(username, clientId)]));
  return new Set(names).size < names.length;
}
