import { type PresenceRecord, presentAt, type Stay, type Watch } from '../cluster/presence-record';
import { violation, type Violation } from './violation';

/** The promise for a server that was killed; all else is quicker. */
const PROMISED_MS = 15_000;
/** So long it may take until servers hear each other again when nothing is in the way any more. */
const RETURN_MS = 5_000;
/** A user whose server ends is told of it and others are: the two events may be seen in any order. */
const SLACK_MS = 1_000;

/** Each server tells of everyone once that they came, and once that they left: in time, and not while they are there. */
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
      yield violation('presence-twice', `${server} says that ${username} ${kind}, which is known`);
    }
    if (kind === 'joined') users.add(username);
    else users.delete(username);
  }
}

function* noneTooEarly({ server, events }: Watch, stays: ReadonlyMap<string, Stay>): Iterable<Violation> {
  for (const { at, kind, username } of events) {
    const stay = stays.get(username);
    if (kind === 'left' && stay && stay.until > at + SLACK_MS) {
      yield violation('presence-early', `${server} says that ${username} left, who is there`);
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
      `${watch.server} still has ${username} ${seconds(forgotten - until)} s after the end`,
    );
  }
}

/** When everyone must know what happened at this moment. While servers cannot hear each other, nobody can. */
function deadline(moment: number, { troubles }: PresenceRecord): number {
  let end = moment + PROMISED_MS;
  for (const { from, to } of troubles) {
    if (from < end && to + RETURN_MS > moment) end = Math.max(end, to + RETURN_MS + PROMISED_MS);
  }
  return end;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
