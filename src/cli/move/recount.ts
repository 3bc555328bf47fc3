import { isDeepStrictEqual } from 'node:util';
import { utcDay } from '../../platform/text/timestamps';
import type { MessageReader } from './message-reader';
import { Refusal } from './refusal';

const DAY_MS = 86_400_000;

/** PostgreSQL's driver returns sums as text. */
type Numbers<Names extends string> = Record<Names, number | string>;

/**
 * Compares counters and user index with the messages they cover: those up to the id in `stats_totals.messages`.
 * @throws Refusal that names the wrong table
 */
export async function recount(database: MessageReader, last: number): Promise<void> {
  const refuse = (table: string) => {
    throw new Refusal(`${database.name}: ${table} is not what a recount of the messages gives`);
  };
  const [totals] = await database.rows<Numbers<'messages' | 'users' | 'code_points'>>(
    'SELECT messages, users, code_points FROM stats_totals WHERE id = 1',
  );
  const covered = Number(totals!.messages);
  if (covered > last) refuse('stats_totals');

  const [recounted] = await database.rows<Numbers<'messages' | 'users' | 'code_points'>>(
    `SELECT count(*) AS messages, count(DISTINCT username) AS users, coalesce(sum(length(message)), 0) AS code_points
     FROM messages WHERE id <= ${covered}`,
  );
  if (!isDeepStrictEqual(numbersOf(totals!), numbersOf(recounted!))) refuse('stats_totals');

  const [users] = await database.rows<Numbers<'counted' | 'wrong'>>(
    `SELECT (SELECT count(*) FROM stats_users) AS counted, (SELECT count(*) FROM (
       SELECT username, count(*) FROM messages WHERE id <= ${covered} GROUP BY username
       EXCEPT SELECT username, messages FROM stats_users
     ) AS difference) AS wrong`,
  );
  if (Number(users!.wrong) > 0 || Number(users!.counted) !== Number(totals!.users)) refuse('stats_users');

  const days = await database.rows<{ day: string; messages: number }>(
    'SELECT day, messages FROM stats_days ORDER BY day',
  );
  const recountedDays = await database.rows<Numbers<'day' | 'messages'>>(
    `SELECT created_at / ${DAY_MS} AS day, count(*) AS messages FROM messages WHERE id <= ${covered}
     GROUP BY created_at / ${DAY_MS} ORDER BY 1`,
  );
  const named = recountedDays.map(({ day, messages }) => ({
    day: utcDay(Number(day) * DAY_MS),
    messages: Number(messages),
  }));
  if (!isDeepStrictEqual(days, named)) refuse('stats_days');

  // Ids are unique: as many correct rows as messages, and no others, prove the index complete.
  const [index] = await database.rows<Numbers<'present' | 'correct'>>(
    `SELECT (SELECT count(*) FROM user_messages) AS present, (
       SELECT count(*) FROM user_messages u JOIN messages m ON m.id = u.id AND m.username = u.username WHERE m.id <= ${covered}
     ) AS correct`,
  );
  if (Number(index!.present) !== covered || Number(index!.correct) !== covered) refuse('user_messages');
}

function numbersOf<Names extends string>(row: Numbers<Names>): unknown {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
}
