import type { Database } from 'better-sqlite3';
import { utcDay } from '../../platform/text/timestamps';

const DAY_MS = 86_400_000;

interface Sum {
  readonly username: string;
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly messages: number;
  readonly code_points: number;
}

/**
 * Prepares the transaction that advances counters and user index to the newest message. They cover the messages up to the
 * watermark in `stats_totals.messages`, and readers add the rest. In bulk, since one row per user for many messages costs less
 * than one per batch; a lost transaction loses nothing.
 */
export function catchUpCounters(database: Database): () => void {
  const selectHead = database.prepare<[], number>('SELECT last_id FROM message_head').pluck();
  const selectCovered = database.prepare<[], number>('SELECT messages FROM stats_totals').pluck();
  // OR FAIL, because the whole transaction is rolled back anyway: by default SQLite would copy pages to undo the statement alone.
  const addToIndex = database.prepare<[number, number]>(
    'INSERT OR FAIL INTO user_messages (username, id) SELECT username, id FROM messages WHERE id > ? AND id <= ? ORDER BY username, id',
  );
  const selectSums = database.prepare<[number, number], Sum>(
    `SELECT username, created_at / ${DAY_MS} AS day, count(*) AS messages, sum(length(message)) AS code_points
     FROM messages WHERE id > ? AND id <= ? GROUP BY username, day`,
  );
  // For a new user the returned sum equals the added one.
  const addToUser = database
    .prepare<[string, number], number>(
      `INSERT INTO stats_users (username, messages) VALUES (?, ?)
       ON CONFLICT (username) DO UPDATE SET messages = messages + excluded.messages RETURNING messages`,
    )
    .pluck();
  const addToDay = database.prepare<[string, number]>(
    `INSERT INTO stats_days (day, messages) VALUES (?, ?)
     ON CONFLICT (day) DO UPDATE SET messages = messages + excluded.messages`,
  );
  const addToTotals = database.prepare<[number, number, number]>(
    'UPDATE stats_totals SET messages = ?, users = users + ?, code_points = code_points + ?',
  );

  const transaction = database.transaction(() => {
    const covered = selectCovered.get()!;
    const lastId = selectHead.get()!;
    if (covered === lastId) return;
    addToIndex.run(covered, lastId);
    let newUsers = 0;
    let codePoints = 0;
    for (const sum of selectSums.all(covered, lastId)) {
      if (addToUser.get(sum.username, sum.messages) === sum.messages) newUsers++;
      addToDay.run(utcDay(sum.day * DAY_MS), sum.messages);
      codePoints += sum.code_points;
    }
    addToTotals.run(lastId, newUsers, codePoints);
  });
  return () => transaction.immediate();
}
