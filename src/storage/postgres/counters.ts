/**
 * PL/pgSQL that moves the counters on to a later message, inside a transaction that keeps others out: for use where `covered`
 * is the id of the last message that is counted, and `last_new` that of the last one to count.
 */
export const MOVE_COUNTERS_ON = `
  WITH added AS (
    SELECT username, message, created_at FROM messages WHERE id > covered AND id <= last_new
  ), per_user AS (
    INSERT INTO stats_users (username, messages)
    SELECT username, count(*) FROM added GROUP BY username
    ON CONFLICT (username) DO UPDATE SET messages = stats_users.messages + excluded.messages
    -- No transaction has touched a row that was inserted just now.
    RETURNING xmax = 0 AS is_new
  ), per_day AS (
    INSERT INTO stats_days (day, messages)
    SELECT to_char(to_timestamp(created_at / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD'), count(*) FROM added GROUP BY 1
    ON CONFLICT (day) DO UPDATE SET messages = stats_days.messages + excluded.messages
  )
  UPDATE stats_totals SET
    messages = last_new,
    users = users + (SELECT count(*) FROM per_user WHERE is_new),
    code_points = code_points + (SELECT sum(length(message)) FROM added);
`;
