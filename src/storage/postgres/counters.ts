/**
 * PL/pgSQL that advances counters and user index from message `covered` to message `last_new`, inside a transaction that holds
 * the lock on the head row.
 */
export const CATCH_UP_COUNTERS = `
  INSERT INTO user_messages (username, id)
  SELECT username, id FROM messages WHERE id > covered AND id <= last_new ORDER BY username, id;
  WITH added AS (
    SELECT username, message, created_at FROM messages WHERE id > covered AND id <= last_new
  ), per_user AS (
    INSERT INTO stats_users (username, messages)
    SELECT username, count(*) FROM added GROUP BY username
    ON CONFLICT (username) DO UPDATE SET messages = stats_users.messages + excluded.messages
    -- Zero in a row that this statement inserted.
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
