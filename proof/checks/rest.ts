import type { Listed } from '../history';
import type { Row, Stored } from '../stored';
import { violation, type Violation } from './violation';

/** The answers of REST at the end. */
export interface RestView {
  readonly messages: readonly Listed[];
  readonly stats: { readonly total_messages: number; readonly total_users: number };
  /** `total_messages` of each user. */
  readonly users: Readonly<Record<string, number>>;
}

/** REST agrees with the stored rows. */
export function checkRest({ messages, stats, users }: RestView, stored: Stored): Violation[] {
  const violations: Violation[] = [];
  const wrong = messages.find((message) => !isSame(message, stored.byId.get(message.id)));
  if (wrong) violations.push(violation('rest', `message ${wrong.id} is listed differently from the stored one`));
  if (messages.length !== stored.rows.length) {
    violations.push(violation('rest', `${messages.length} messages are listed, ${stored.rows.length} are stored`));
  }
  if (stats.total_messages !== stored.rows.length) {
    violations.push(violation('rest', `the statistics say ${stats.total_messages} messages`));
  }
  for (const [username, total] of Object.entries(users)) {
    const count = stored.rows.filter((row) => row.username === username).length;
    if (total !== count) violations.push(violation('rest', `${username} has ${count} messages, REST says ${total}`));
  }
  if (stats.total_users !== new Set(stored.rows.map(({ username }) => username)).size) {
    violations.push(violation('rest', `the statistics say ${stats.total_users} users`));
  }
  return violations;
}

export function isSame(listed: Listed, row: Row | undefined): boolean {
  return (
    row?.username === listed.username &&
    row.message === listed.message &&
    new Date(row.createdAt).toISOString().slice(0, 19) === listed.timestamp
  );
}
