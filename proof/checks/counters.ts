import { isDeepStrictEqual } from 'node:util';
import type { Row, Stored } from '../stored';
import { violation, type Violation } from './violation';

/** Messages that the counters may lag behind; far more than a server lets accumulate. */
const MAX_UNCOUNTED = 5_000;

/** Ids are 1…n, and the counters equal a recount of the rows up to the one they cover. */
export function checkCounters({ rows, head, totals, users, days, userMessages, integrity }: Stored): Violation[] {
  const covered = rows.slice(0, totals.messages);
  const codePoints = covered.reduce((sum, { message }) => sum + Array.from(message).length, 0);
  const recount = {
    users: countBy(covered, ({ username }) => username),
    days: countBy(covered, ({ createdAt }) => new Date(createdAt).toISOString().slice(0, 10)),
  };
  const violations = [
    ...(integrity === undefined ? [] : compare('integrity', 'integrity_check', integrity, 'ok')),
    ...compare('counters', 'message_head', head, rows.at(-1)?.id ?? 0),
    ...compare('counters', 'stats_totals', totals, {
      messages: covered.length,
      users: Object.keys(recount.users).length,
      codePoints,
    }),
    ...compare('counters', 'stats_users', users, recount.users),
    ...compare('counters', 'user_messages', userMessages, recount.users),
    ...compare('counters', 'stats_days', days, recount.days),
  ];
  if (rows.length - covered.length > MAX_UNCOUNTED) {
    violations.push(violation('counters', `counters cover ${covered.length} of ${rows.length} messages`));
  }
  const gap = rows.findIndex(({ id }, i) => id !== i + 1);
  if (gap >= 0) violations.push(violation('ids', `message ${rows[gap]!.id} is in place ${gap + 1}`));
  return violations;
}

function countBy(rows: readonly Row[], nameOf: (row: Row) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[nameOf(row)] = (counts[nameOf(row)] ?? 0) + 1;
  return counts;
}

function compare(kind: string, what: string, is: unknown, shouldBe: unknown): Violation[] {
  if (isDeepStrictEqual(is, shouldBe)) return [];
  return [violation(kind, `${what} is ${JSON.stringify(is)}, but should be ${JSON.stringify(shouldBe)}`)];
}
