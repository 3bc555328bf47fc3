import { markersIn } from '../markers';
import type { ChangeRow, Copy, Row, Stored } from '../stored';
import { type Asked, idsOf, keyOf, type Ledger } from './ledger';
import type { MessageStates } from './message-states';
import { violation, type Violation } from './violation';

/** Acknowledged changes are stored in one order, refused ones are not, and each message is in the state of its newest change. */
export function checkChanges(
  ledger: Ledger,
  stored: Stored,
  states: MessageStates,
  isReplicated: boolean,
): Violation[] {
  return [
    ...inOrder(stored),
    ...inState(stored, states),
    ...invented(ledger, stored),
    ...answers(ledger, stored),
    ...refused(ledger, stored, isReplicated),
    ...unauthorised(ledger, stored),
  ];
}

/** A text that was deleted or replaced is in no copy of the database. */
export function checkDeletedTexts(stored: Stored, states: MessageStates, copies: readonly Copy[]): Violation[] {
  const gone = goneMarkers(stored, states);
  return copies.flatMap(({ name, markers }) =>
    [...gone]
      .filter(([marker]) => markers.has(marker))
      .map(([marker, id]) => violation('deleted-text', `${name} has ${marker}, a former text of message ${id}`)),
  );
}

/** The markers of former texts, with the id of their message. */
function goneMarkers({ rows }: Stored, states: MessageStates): ReadonlyMap<string, number> {
  const gone = new Map<string, number>();
  for (const { id, message } of rows.filter(({ changeId }) => changeId !== null)) {
    const present = new Set(markersIn(message));
    for (const marker of states.textsOf(id).flatMap(markersIn)) if (!present.has(marker)) gone.set(marker, id);
  }
  return gone;
}

function* inOrder({ rows, changes }: Stored): Iterable<Violation> {
  const gap = changes.findIndex(({ id }, i) => id !== i + 1);
  if (gap >= 0) yield violation('ids', `change ${changes[gap]!.id} is in place ${gap + 1}`);
  const newest = new Map(changes.map(({ id, messageId }) => [messageId, id]));
  for (const { id, changeId } of rows) {
    if (changeId !== (newest.get(id) ?? null)) {
      yield violation('state', `message ${id} has change ${changeId}, but its newest is ${newest.get(id)}`);
    }
  }
}

function* inState({ rows }: Stored, states: MessageStates): Iterable<Violation> {
  for (const row of rows) {
    const { id, changeId, deletedAt, clientHash } = row;
    if (!states.isNewest(row)) yield violation('state', `message ${id} is not in the state of change ${changeId}`);
    if (deletedAt !== null && clientHash !== null) {
      yield violation('deleted-text', `message ${id} is deleted, but a digest of its text is stored`);
    }
  }
}

function* invented({ asked }: Ledger, { changes }: Stored): Iterable<Violation> {
  const seen = new Map<string, number>();
  for (const { id, messageId, username, clientId } of changes) {
    const key = keyOf(username, clientId);
    if (asked.get(key)?.wish.id !== messageId) {
      yield violation('invented', `change ${id} of message ${messageId} was never asked for`);
    }
    const earlier = seen.get(key);
    if (earlier !== undefined) yield violation('stored-twice', `change ${id} is change ${earlier} again`);
    seen.set(key, id);
  }
}

function* answers({ asked }: Ledger, stored: Stored): Iterable<Violation> {
  for (const [key, request] of asked) {
    const [first] = request.answers;
    if (!first) continue;
    const change = stored.changes[first.changeId - 1];
    if (!isDone(request, change, stored) || new Date(change!.createdAt).toISOString() !== first.timestamp) {
      const what = change ? `${keyOf(change.username, change.clientId)} of message ${change.messageId}` : 'nothing';
      yield violation('lost', `${key} was acknowledged as change ${first.changeId}, where ${what} is stored`);
    }
    const other = request.answers.find(({ id, changeId }) => id !== first.id || changeId !== first.changeId);
    if (other) {
      yield violation('answer-changed', `${key} was acknowledged as change ${first.changeId}, then ${other.changeId}`);
    }
  }
}

/** The deletion of an already deleted message is acknowledged with the change that deleted it. */
function isDone({ username, clientId, wish }: Asked, change: ChangeRow | undefined, { byId }: Stored): boolean {
  if (change?.messageId !== wish.id) return false;
  if (change.username === username && change.clientId === clientId) return true;
  const row = byId.get(wish.id);
  return wish.message === undefined && row?.deletedAt != null && row.changeId === change.id;
}

/** Each frame gets one answer: if all were refusals that leave nothing open, the change must not be stored. */
function* refused({ asked }: Ledger, { changes }: Stored, isReplicated: boolean): Iterable<Violation> {
  const ids = new Map(changes.map(({ id, username, clientId }) => [keyOf(username, clientId), id]));
  for (const [key, { attempts, refusals, outages }] of asked) {
    if (attempts !== refusals || (isReplicated && outages > 0)) continue;
    const id = ids.get(key);
    if (id !== undefined) {
      yield violation('refused-stored', `${key} was refused and never sent again, but it is change ${id}`);
    }
  }
}

/** Only authors edited their messages, only they or moderators deleted them, and only roles that may write wrote. */
function* unauthorised(ledger: Ledger, stored: Stored): Iterable<Violation> {
  const changed = new Set(stored.changes.map(({ username, clientId }) => keyOf(username, clientId)));
  for (const [key, request] of ledger.asked) {
    if (mayChange(request, stored.byId.get(request.wish.id))) continue;
    if (request.answers.length > 0 || changed.has(key)) {
      yield violation('unauthorised', `${key} (${request.role}) changed message ${request.wish.id}`);
    }
  }
  for (const [{ role, username, clientId }, id] of idsOf(ledger, stored)) {
    if (role === 'author' || role === 'guest') continue;
    yield violation('unauthorised', `${keyOf(username, clientId)} (${role}) wrote message ${id}`);
  }
}

function mayChange({ role, username, wish }: Asked, row: Row | undefined): boolean {
  if (role === 'moderator') return wish.message === undefined;
  return role === 'author' && row?.username === username;
}
