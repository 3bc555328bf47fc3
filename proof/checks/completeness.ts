import type { Feed, History, Span } from '../history';
import type { Ledger } from './ledger';
import { ELSEWHERE_MS, RETURN_MS } from './sanctions';
import { violation, type Violation } from './violation';

/** An id acknowledged to any client, and when. */
interface Acknowledged {
  readonly at: number;
  readonly id: number;
}

/**
 * Everything acknowledged to any client before `completeUpTo` has been delivered. A change may also be covered by a cursor, which
 * `checkFeed` verifies. With several servers the client's own may lag a moment, and longer while it cannot reach the database.
 */
export function checkCompleteness(
  { feeds }: History,
  { said, asked }: Ledger,
  outages: readonly Span[],
  isReplicated: boolean,
): Violation[] {
  const answers = [...said.values()].flatMap((one) => one.answers);
  const done = [...asked.values()].flatMap((one) => one.answers);
  const messages = rising(answers);
  const changes = rising(done.map(({ at, changeId }) => ({ at, id: changeId })));
  const knownBy = (upTo: number) => (isReplicated ? knownElsewhere(upTo, outages) : upTo);
  return feeds.flatMap((feed) => checkClaims(feed, messages, changes, knownBy));
}

function checkClaims(
  { name, sessions }: Feed,
  messages: readonly Acknowledged[],
  changes: readonly Acknowledged[],
  knownBy: (upTo: number) => number,
): Violation[] {
  const violations: Violation[] = [];
  let [lastId, lastChange] = [0, 0];
  const check = (what: string, last: number, upTo: number, acknowledged: readonly Acknowledged[]) => {
    const time = knownBy(upTo);
    const least = acknowledged.findLast(({ at }) => at < time);
    if (!least || least.id <= last) return;
    const early = Math.round(upTo - least.at);
    const evidence = `has ${what} ${last} only, and ${least.id} was acknowledged ${early} ms before completeUpTo`;
    violations.push(violation('premature', `${name} ${evidence}`));
  };
  for (const event of sessions.flatMap(({ events }) => events)) {
    if (event.kind === 'message') lastId = event.id;
    else if (event.kind === 'changed') lastChange = event.change_id;
    else if (event.kind === 'cursor') lastChange = event.lastChange ?? lastChange;
    else if (event.kind === 'complete') {
      check('message', lastId, event.upTo, messages);
      check('change', lastChange, event.upTo, changes);
    }
  }
  return violations;
}

/** By time, without ids that do not exceed an earlier one. */
function rising(all: readonly Acknowledged[]): readonly Acknowledged[] {
  let newest = 0;
  return [...all].sort((one, other) => one.at - other.at).filter(({ id }) => id > newest && (newest = id));
}

/** The latest time of an acknowledgement that every server must know at the given time. */
function knownElsewhere(time: number, outages: readonly Span[]): number {
  let known = time - ELSEWHERE_MS;
  for (const { from, to } of outages.toReversed()) {
    if (from < time && to + RETURN_MS > known) known = Math.min(known, from - ELSEWHERE_MS);
  }
  return known;
}
