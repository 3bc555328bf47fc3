import type { Row, Stored } from '../stored';
import { keyOf, type Ledger, type Said } from './ledger';
import { violation, type Violation } from './violation';

/** Acknowledged messages are stored, refused ones are not, nothing is stored twice or invented, repeats get the first answer. */
export function checkStorage(ledger: Ledger, stored: Stored, isReplicated: boolean): Violation[] {
  return [
    ...twice(stored.rows),
    ...invented(ledger, stored.rows),
    ...answers(ledger, stored),
    ...refused(ledger, stored, isReplicated),
  ];
}

function* twice(rows: readonly Row[]): Iterable<Violation> {
  const seen = new Map<string, number>();
  for (const { id, username, message, clientId } of rows) {
    const names = clientId === null ? [message] : [message, keyOf(username, clientId)];
    const earlier = names.map((name) => seen.get(name)).find((other) => other !== undefined);
    if (earlier !== undefined)
      yield violation('stored-twice', `message ${id} of ${username} is message ${earlier} again`);
    for (const name of names) seen.set(name, id);
  }
}

function* invented(ledger: Ledger, rows: readonly Row[]): Iterable<Violation> {
  const texts = new Map([...ledger.values()].map((said) => [said.message, said]));
  for (const { id, username, message } of rows) {
    if (texts.get(message)?.username !== username)
      yield violation('invented', `message ${id} of ${username} was never sent`);
  }
}

function* answers(ledger: Ledger, { byId }: Stored): Iterable<Violation> {
  for (const [key, said] of ledger) {
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
function* refused(ledger: Ledger, { rows }: Stored, isReplicated: boolean): Iterable<Violation> {
  const texts = new Map(rows.map(({ id, message }) => [message, id]));
  for (const [key, { message, attempts, refusals, outages }] of ledger) {
    if (isReplicated && outages > 0) continue;
    const id = texts.get(message);
    if (attempts === refusals && id !== undefined) {
      yield violation('refused-stored', `${key} was refused and never sent again, but it is message ${id}`);
    }
  }
}

function isStored({ username, clientId, message }: Said, row: Row | undefined, timestamp: string): boolean {
  return (
    row?.username === username &&
    row.clientId === clientId &&
    row.message === message &&
    new Date(row.createdAt).toISOString() === timestamp
  );
}

function describe(row: Row | undefined): string {
  return row ? `${row.username}#${row.clientId ?? ''}` : 'nothing';
}
