import type { Listed } from '../history';
import type { ChangeRow, Row, Stored } from '../stored';
import type { MessageStates } from './message-states';
import { violation, type Violation } from './violation';

/** The answers of the REST API at the end. */
export interface RestView {
  readonly messages: readonly Listed[];
  /** The changed messages, in the full form. */
  readonly changes: readonly Listed[];
  readonly stats: { readonly total_messages: number; readonly total_users: number };
  /** `total_messages` of each user. */
  readonly users: Readonly<Record<string, number>>;
}

/** REST agrees with the stored rows. */
export function checkRest(
  { messages, changes, stats, users }: RestView,
  stored: Stored,
  states: MessageStates,
): Violation[] {
  const violations: Violation[] = [];
  const wrong = messages.find((message) => !isSame(message, stored.byId.get(message.id)));
  if (wrong) violations.push(violation('rest', `message ${wrong.id} is listed differently from the stored one`));
  if (messages.length !== stored.rows.length) {
    violations.push(violation('rest', `${messages.length} messages are listed, ${stored.rows.length} are stored`));
  }
  const inOrder = stored.changes.filter(({ id, messageId }) => stored.byId.get(messageId)?.changeId === id);
  const isListed = ({ id, messageId }: ChangeRow, i: number) =>
    changes[i]?.change_id === id && changes[i].id === messageId && states.isTold(changes[i]);
  const missing = inOrder.find((change, i) => !isListed(change, i));
  if (missing || changes.length !== inOrder.length) {
    violations.push(
      violation(
        'rest',
        `${changes.length} changed messages are listed, not ${inOrder.length} as stored, ${missing?.id}`,
      ),
    );
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

function isSame(listed: Listed, row: Row | undefined): boolean {
  return (
    row?.username === listed.username &&
    row.message === listed.message &&
    new Date(row.createdAt).toISOString().slice(0, 19) === listed.timestamp
  );
}
