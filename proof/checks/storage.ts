import type { Row, Stored } from '../stored';
import { idsOf, type Ledger, originOf, type Said } from './ledger';
import { violation, type Violation } from './violation';

/** Acknowledged messages are stored, refused ones are not, nothing is stored twice or invented, repeats get the first answer. */
export function checkStorage(ledger: Ledger, stored: Stored, isReplicated: boolean): Violation[] {
  return [
    ...twice(ledger, stored.rows),
    ...invented(ledger, stored.rows),
    ...answers(ledger, stored),
    ...refused(ledger, stored, isReplicated),
  ];
}

function* twice(ledger: Ledger, rows: readonly Row[]): Iterable<Violation> {
  const origin = originOf(ledger);
  const seen = new Map<Said, number>();
  for (const row of rows) {
    const said = origin(row);
    if (!said) continue;
    const earlier = seen.get(said);
    if (earlier === undefined) seen.set(said, row.id);
    else yield violation('stored-twice', `message ${row.id} of ${row.username} is message ${earlier} again`);
  }
}

function* invented(ledger: Ledger, rows: readonly Row[]): Iterable<Violation> {
  const origin = originOf(ledger);
  for (const row of rows) {
    const { id, username, message, changeId } = row;
    const said = origin(row);
    if (said?.username !== username || (changeId === null && said.message !== message)) {
      yield violation('invented', `message ${id} of ${username} was never sent`);
    }
  }
}

function* answers(ledger: Ledger, { byId }: Stored): Iterable<Violation> {
  for (const [key, said] of ledger.said) {
    const [first] = said.answers;
    if (!first) continue;
    if (!isStored(said, byId.get(first.id), first.timestamp)) {
      yield violation(
        'lost',
        `${key} was acknowledged as message ${first.id}, where ${describe(byId.get(first.id))} is stored`,
      );
    }
    const other = said.answers.find(({ id, timestamp }) => id !== first.id || timestamp !== first.timestamp);
    if (other) {
      const [was, became] = [first, other].map(({ id, timestamp }) => `${id} at ${timestamp}`);
      yield violation('answer-changed', `${key} was acknowledged as message ${was!}, then as ${became!}`);
    }
  }
}

/** Each frame gets one answer: if all were refusals that leave nothing open, the message must not be stored. */
function* refused(ledger: Ledger, stored: Stored, isReplicated: boolean): Iterable<Violation> {
  const ids = idsOf(ledger, stored);
  for (const [key, said] of ledger.said) {
    const { attempts, refusals, outages } = said;
    if (isReplicated && outages > 0) continue;
    const id = ids.get(said);
    if (attempts === refusals && id !== undefined) {
      yield violation('refused-stored', `${key} was refused and never sent again, but it is message ${id}`);
    }
  }
}

function isStored({ username, clientId, message }: Said, row: Row | undefined, timestamp: string): boolean {
  return (
    row?.username === username &&
    row.clientId === clientId &&
    (row.changeId !== null || row.message === message) &&
    new Date(row.createdAt).toISOString() === timestamp
  );
}

function describe(row: Row | undefined): string {
  return row ? `${row.username}#${row.clientId ?? ''}` : 'nothing';
}
