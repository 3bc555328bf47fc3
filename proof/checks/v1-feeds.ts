import type { Told, V1Feed } from '../history';
import type { Row, Stored } from '../stored';
import type { MessageStates } from './message-states';
import { violation, type Violation } from './violation';

/**
 * A v1 reader saw a contiguous part of the stored messages on each connection, and, on one server, no message twice. It receives
 * no changes, but a message that it reads late may arrive in a later state, or not at all once deleted.
 */
export function checkV1Feed(feed: V1Feed, stored: Stored, states: MessageStates, isReplicated: boolean): Violation[] {
  const violations: Violation[] = [];
  const byText = new Map(stored.rows.flatMap((row) => states.textsOf(row.id).map((text) => [text, row] as const)));
  byText.delete('');
  const isWhole = (after: number, before: number) =>
    stored.rows.slice(after, before - 1).every(({ deletedAt }) => deletedAt !== null);
  let cursor = 0;
  feed.sessions.forEach((session, i) => {
    session.forEach((told, place) => {
      const evidence = (id: number | string) => `${feed.name}, connection ${i + 1}: message ${id} follows ${cursor}`;
      const row = byText.get(told.message);
      if (!row || !isSame(row, told)) {
        violations.push(violation('altered', evidence('that is not stored')));
        return;
      }
      if (row.id <= cursor && !(isReplicated && place === 0)) violations.push(violation('repeated', evidence(row.id)));
      else if (place > 0 && !isWhole(cursor, row.id)) violations.push(violation('gap', evidence(row.id)));
      cursor = row.id;
    });
  });
  return violations;
}

function isSame({ username, createdAt }: Row, told: Omit<Told, 'id'>): boolean {
  return username === told.username && `${new Date(createdAt).toISOString().slice(0, 19)}Z` === told.timestamp;
}
