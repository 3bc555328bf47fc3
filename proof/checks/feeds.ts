import type { Event, Feed, Gap, Session, Told, V1Feed } from '../history';
import type { Row, Stored } from '../stored';
import { isSame } from './rest';
import { violation, type Violation } from './violation';

/** Each reader saw the stored messages in id order over all its connections, without gaps or repeats. */
export function checkFeed(feed: Feed, stored: Stored): Violation[] {
  const violations: Violation[] = [];
  let cursor: number | undefined;
  feed.sessions.forEach((session, i) => {
    const add = (kind: string, evidence: string) => {
      violations.push(violation(kind, `${feed.name}, connection ${i + 1}: ${evidence}`));
    };
    cursor ??= startOf(session);
    const known = Math.max(session.known, session.after ?? 0);
    if (session.lastId !== undefined && session.lastId < known) {
      add(
        'went-back',
        `welcome says ${session.lastId}, but this server, or another to this reader, had delivered ${known}`,
      );
    }
    for (const event of session.events) {
      if (cursor !== undefined) cursor = follow(event, cursor, stored, add);
    }
  });
  const lastId = stored.rows.at(-1)?.id ?? 0;
  if (feed.isComplete && cursor !== lastId) {
    violations.push(violation('incomplete', `${feed.name} ends at message ${cursor ?? 'none'} of ${lastId}`));
  }
  return violations;
}

function startOf({ after, lastId }: Session): number | undefined {
  return after ?? lastId;
}

/** Returns the cursor after the event. */
function follow(event: Event, cursor: number, stored: Stored, add: (kind: string, evidence: string) => void): number {
  switch (event.kind) {
    case 'message':
      checkPlace(event.id, cursor, add);
      if (!isTold(event, stored.byId.get(event.id))) add('altered', `message ${event.id} differs from the stored one`);
      return event.id;
    case 'gap':
      checkPlace(event.from, cursor, add);
      checkFetched(event, stored, add);
      return event.to;
    case 'cursor':
      if (event.lastId !== cursor) add('cursor', `${event.of} says ${event.lastId} after message ${cursor}`);
      return cursor;
    default:
      return cursor;
  }
}

function checkPlace(id: number, cursor: number, add: (kind: string, evidence: string) => void): void {
  if (id > cursor + 1) add('gap', `message ${id} follows ${cursor}`);
  if (id <= cursor) add('repeated', `message ${id} follows ${cursor}`);
}

function checkFetched({ from, to, fetched }: Gap, stored: Stored, add: (kind: string, evidence: string) => void): void {
  if (fetched?.length !== to - from + 1 || !fetched.every((message, i) => message.id === from + i)) {
    add('gap', `REST did not return ${from}–${to} of a gap`);
  } else if (!fetched.every((message) => isSame(message, stored.byId.get(message.id)))) {
    add('altered', `REST returned ${from}–${to} differently from the stored ones`);
  }
}

function isTold({ username, message, timestamp }: Told, row: Row | undefined): boolean {
  return row?.username === username && row.message === message && new Date(row.createdAt).toISOString() === timestamp;
}

/** A v1 reader saw a contiguous part of the stored messages on each connection, and, on one server, no message twice. */
export function checkV1Feed(feed: V1Feed, stored: Stored, isReplicated: boolean): Violation[] {
  const violations: Violation[] = [];
  const byText = new Map(stored.rows.map((row) => [row.message, row]));
  let cursor = 0;
  feed.sessions.forEach((session, i) => {
    session.forEach(({ username, message, timestamp }, place) => {
      const evidence = (id: number | string) => `${feed.name}, connection ${i + 1}: message ${id} follows ${cursor}`;
      const row = byText.get(message);
      if (row?.username !== username || `${new Date(row.createdAt).toISOString().slice(0, 19)}Z` !== timestamp) {
        violations.push(violation('altered', evidence('that is not stored')));
        return;
      }
      if (row.id <= cursor && !(isReplicated && place === 0)) violations.push(violation('repeated', evidence(row.id)));
      else if (place > 0 && row.id !== cursor + 1) violations.push(violation('gap', evidence(row.id)));
      cursor = row.id;
    });
  });
  return violations;
}
