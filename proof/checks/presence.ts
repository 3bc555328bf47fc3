import { type PresenceRecord, presentAt, type Stay, type Watch } from '../cluster/presence-record';
import { violation, type Violation } from './violation';

/** Maximum delay of leaves after a kill, in milliseconds; everything else is quicker. */
const PROMISED_MS = 15_000;
/** Time for servers to reach each other again after the last fault, in milliseconds. */
const RETURN_MS = 5_000;
/** Tolerance in milliseconds: when a server ends, its user and the other servers notice it in either order. */
const SLACK_MS = 1_000;

/** Each server reports each user's join once and leave once, in time, and no leave while the user is connected. */
export function checkPresence(record: PresenceRecord): Violation[] {
  const stays = new Map(record.stays.map((stay) => [stay.username, stay]));
  return record.watches.flatMap((watch) => [
    ...onceEach(watch),
    ...noneTooEarly(watch, stays),
    ...record.stays.flatMap((stay) => [...inTime(watch, stay, record)]),
  ]);
}

function* onceEach({ server, present, events }: Watch): Iterable<Violation> {
  const users = new Set(present);
  for (const { kind, username } of events) {
    if (kind === 'joined' ? users.has(username) : !users.has(username)) {
      yield violation('presence-twice', `${server} repeats that ${username} ${kind}`);
    }
    if (kind === 'joined') users.add(username);
    else users.delete(username);
  }
}

function* noneTooEarly({ server, events }: Watch, stays: ReadonlyMap<string, Stay>): Iterable<Violation> {
  for (const { at, kind, username } of events) {
    const stay = stays.get(username);
    if (kind === 'left' && stay && stay.until > at + SLACK_MS) {
      yield violation('presence-early', `${server} says that ${username} left while connected`);
    }
  }
}

function* inTime(watch: Watch, { username, since, until }: Stay, record: PresenceRecord): Iterable<Violation> {
  if (since === Infinity) return;
  const isSeenAt = (moment: number) => moment > watch.since && moment < watch.until && moment < record.endedAt;
  const known = deadline(since, record);
  if (isSeenAt(known) && known < until && !presentAt(watch, known).has(username)) {
    yield violation('presence-late', `${watch.server} does not know ${username} after ${seconds(known - since)} s`);
  }
  const forgotten = deadline(until, record);
  if (isSeenAt(forgotten) && presentAt(watch, forgotten).has(username)) {
    yield violation(
      'presence-late',
      `${watch.server} still lists ${username} ${seconds(forgotten - until)} s after the disconnect`,
    );
  }
}

/** Deadline for every server to know an event of this moment; time in which servers were disconnected does not count. */
function deadline(moment: number, { outages }: PresenceRecord): number {
  let end = moment + PROMISED_MS;
  for (const { from, to } of outages) {
    if (from < end && to + RETURN_MS > moment) end = Math.max(end, to + RETURN_MS + PROMISED_MS);
  }
  return end;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
