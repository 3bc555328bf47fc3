import { clientHashOf } from '../client-hash';
import type { ChangeRequest } from '../message-change';
import { GIVEN_FIELDS, MESSAGE_FIELDS, nameOf, type NewMessage } from '../stored-message';
import { applyChanges, CREATE_APPLY_CHANGES } from './changes';
import { CATCH_UP_COUNTERS } from './counters';
import { SEEK_ONLY } from './options';

/** Messages after which counters and user index catch up; readers scan the uncovered ones. */
const CATCH_UP_AFTER = 500;

const FIELDS = [...GIVEN_FIELDS.map((name) => MESSAGE_FIELDS[name]), MESSAGE_FIELDS.clientHash];
const COLUMNS = FIELDS.map(({ column }) => column).join(', ');
/** The batch is passed as one array per column, or NULL for a column of nulls, which `unnest` pads. */
const ARRAYS = FIELDS.map(({ column }) => `batch_${column}`).join(', ');
const PARAMETERS = FIELDS.map(({ column, type }) => `batch_${column} ${type === 'integer' ? 'bigint' : 'text'}[]`);
const PLACEHOLDERS = [...FIELDS, 'author_client_id', 'repeats_itself'].map((_, i) => `$${i + 1}`).join(', ');

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
  ${PARAMETERS.join(', ')}, batch_author_client_id text[], repeats_itself boolean
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
  IF repeats_itself OR batch_client_id IS NOT NULL AND EXISTS (
    SELECT FROM unnest(batch_username, batch_client_id) AS entry (username, client_id)
    -- The limit forces an index lookup per entry, whatever plan the session has cached.
    CROSS JOIN LATERAL (
      SELECT FROM messages WHERE username = entry.username AND client_id = entry.client_id LIMIT 1
    ) AS stored
  ) OR batch_author_client_id IS NOT NULL AND EXISTS (
    SELECT FROM unnest(batch_author_id, batch_author_client_id) AS entry (author_id, client_id)
    CROSS JOIN LATERAL (
      SELECT FROM author_keys WHERE author_id = entry.author_id AND client_id = entry.client_id LIMIT 1
    ) AS stored
  ) THEN
    WITH batch AS (
      -- Names are not empty, so that the key of an author is nobody else's.
      SELECT *, CASE WHEN author_id IS NULL THEN username ELSE '' END AS owner, coalesce(author_client_id, client_id) AS key
      FROM unnest(${ARRAYS}, batch_author_client_id) WITH ORDINALITY AS entry (${COLUMNS}, author_client_id, place)
    ), known AS (
      SELECT batch.place, messages.*, NULL::bigint AS key_change
      FROM batch JOIN messages ON messages.username = batch.username AND messages.client_id = batch.client_id
      UNION ALL
      SELECT batch.place, messages.*, author_keys.change_id
      FROM batch JOIN author_keys ON author_keys.author_id = batch.author_id AND author_keys.client_id = batch.author_client_id
      JOIN messages ON messages.id = author_keys.message_id
    ), judged AS (
      SELECT batch.*, known.id AS stored_id, known.created_at AS stored_at,
        known.id IS NULL AND (batch.key IS NULL OR row_number() OVER same = 1) AS is_new,
        -- The key of a change belongs to no message. An older version stores no hash, and a deleted message has none.
        known.key_change IS NULL AND coalesce(known.client_hash = batch.client_hash,
          known.deleted_at IS NOT NULL OR known.message = batch.message,
          first_value(batch.message) OVER same = batch.message) AS is_same
      FROM batch LEFT JOIN known ON known.place = batch.place
      WINDOW same AS (PARTITION BY batch.owner, batch.author_id, batch.key ORDER BY batch.place)
    ), numbered AS (
      SELECT *, head + count(*) FILTER (WHERE is_new) OVER (ORDER BY place) AS new_id FROM judged
    ), inserted AS (
      INSERT INTO messages (id, ${COLUMNS}) SELECT new_id, ${COLUMNS} FROM numbered WHERE is_new
    ), keyed AS (
      INSERT INTO author_keys (author_id, client_id, message_id)
      SELECT author_id, author_client_id, new_id FROM numbered WHERE is_new AND author_client_id IS NOT NULL
    ), answered AS (
      SELECT place, is_new, is_same, new_id, coalesce(stored_id, first_value(new_id) OVER same) AS known_id,
        coalesce(stored_at, first_value(created_at) OVER same) AS known_at
      FROM numbered WINDOW same AS (PARTITION BY owner, author_id, key ORDER BY place)
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
    IF batch_author_client_id IS NOT NULL THEN
      INSERT INTO author_keys (author_id, client_id, message_id)
      SELECT author_id, client_id, head + place
      FROM unnest(batch_author_id, batch_author_client_id) WITH ORDINALITY AS entry (author_id, client_id, place)
      WHERE client_id IS NOT NULL;
    END IF;
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
${CREATE_APPLY_CHANGES}
`;

/** The statement that appends a batch and applies changes as one transaction; its one row holds `appended` and `changes`. */
export function appendStatement(
  batch: readonly NewMessage[],
  changes: readonly ChangeRequest[] = [],
): { name: string; text: string; values: unknown[] } {
  if (changes.length === 0) return { name: 'append', text: `SELECT ${APPEND}`, values: valuesOf(batch) };
  const requests = JSON.stringify(changes);
  if (batch.length === 0) return { name: 'change', text: `SELECT ${NOTHING}, ${applyChanges(1)}`, values: [requests] };
  const values = valuesOf(batch);
  return {
    name: 'append and change',
    text: `SELECT ${APPEND}, ${applyChanges(values.length + 1)}`,
    values: [...values, requests],
  };
}

const APPEND = `pg_temp.append_messages(${PLACEHOLDERS}) AS appended`;
const NOTHING = `'{"firstId":0,"repeats":[]}'::json AS appended`;

function valuesOf(batch: readonly NewMessage[]): unknown[] {
  // Authors' keys are stored in `author_keys`: in the message's row they would be unique per name.
  const keyOf = ({ authorId, clientId }: NewMessage, ofAuthor: boolean) =>
    (authorId != null) === ofAuthor ? (clientId ?? null) : null;
  const columns = [
    ...GIVEN_FIELDS.map((name) =>
      batch.map((message) => (name === 'clientId' ? keyOf(message, false) : (message[name] ?? null))),
    ),
    batch.map(clientHashOf),
    batch.map((message) => keyOf(message, true)),
  ];
  // An array of nulls costs nearly as much as one of values, here and in PostgreSQL.
  return [...columns.map((column) => (column.every((value) => value == null) ? null : column)), repeatsItself(batch)];
}

/** Whether an idempotency key occurs twice in the batch. */
function repeatsItself(batch: readonly NewMessage[]): boolean {
  const names = batch.flatMap((message) => (message.clientId == null ? [] : [nameOf(message)]));
  return new Set(names).size < names.length;
}
