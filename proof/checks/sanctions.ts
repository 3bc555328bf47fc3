import type { History, Sanction, Span } from '../history';
import { keyOf, type Ledger } from './ledger';
import { violation, type Violation } from './violation';

/** Time for other servers to act, in milliseconds. The promise is two seconds, but the run itself loads the machine. */
export const ELSEWHERE_MS = 3_000;
/** Time for frames in flight at a ban to arrive, in milliseconds. */
const IN_FLIGHT_MS = 1_000;
/** Time for servers to reach the database again after an outage, in milliseconds. */
export const RETURN_MS = 5_000;

/** No muted user was accepted and no banned user served, from when every server must know the sanction until its end. */
export function checkSanctions(
  { sanctions, feeds }: History,
  ledger: Ledger,
  outages: readonly Span[],
  isReplicated: boolean,
): Violation[] {
  const violations: Violation[] = [];
  for (const sanction of sanctions) {
    const { kind, username, to } = sanction;
    const from = knownAt(sanction, outages, isReplicated ? ELSEWHERE_MS : 0);
    for (const fate of [...ledger.said.values(), ...ledger.asked.values()]) {
      if (fate.username !== username || fate.firstAt < from) continue;
      if (!fate.answers.some(({ at }) => at < to)) continue;
      const after = Math.round(fate.firstAt - sanction.from);
      const key = keyOf(username, fate.clientId);
      violations.push(violation(`${kind}-heard`, `${key} was accepted, sent ${after} ms after a ${kind}`));
    }
    if (kind === 'mute') continue;
    const gone = from + IN_FLIGHT_MS;
    const own = feeds.filter((feed) => feed.username === username).flatMap(({ sessions }) => sessions);
    for (const { welcomedAt = Infinity, servedAt = -Infinity } of own) {
      if (Math.max(welcomedAt, gone) < Math.min(servedAt, to)) {
        const after = Math.round(Math.min(servedAt, to) - sanction.from);
        violations.push(violation('ban-ignored', `${username} was served ${after} ms after a ban`));
      }
    }
  }
  return violations;
}

/** When every server must enforce it; a server that cannot reach the database cannot know it. */
function knownAt({ from }: Sanction, outages: readonly Span[], slack: number): number {
  let end = from + slack;
  for (const outage of outages) {
    if (outage.from < end && outage.to + RETURN_MS > from) end = Math.max(end, outage.to + RETURN_MS + slack);
  }
  return end;
}
