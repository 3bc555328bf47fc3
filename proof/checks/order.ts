import type { Feed } from '../history';
import type { Stored } from '../stored';
import { idsOf, isOutage, keyOf, type Ledger } from './ledger';
import { violation, type Violation } from './violation';

/**
 * Ids respect the order that clients can observe. A message has a greater id than everything delivered to any client before
 * it was first sent, and than everything its writer sent earlier on the same connection that was accepted there at the first
 * attempt.
 */
export function checkOrder(ledger: Ledger, stored: Stored): Violation[] {
  const violations: Violation[] = [];
  const ids = idsOf(ledger, stored);
  const accepted = new Map<object, number>();
  for (const [key, said] of ledger.said) {
    const { known, first, firstAnswer } = said;
    const id = ids.get(said);
    if (id === undefined) continue;
    if (id <= known) violations.push(violation('order', `${key} became message ${id} when ${known} was already known`));
    const before = accepted.get(first) ?? 0;
    if (id <= before)
      violations.push(violation('order', `${key} became message ${id}, but followed message ${before}`));
    if (firstAnswer === 'ack') accepted.set(first, Math.max(id, before));
  }
  return violations;
}

/**
 * On the connection that a message or a change was first sent on, its acknowledgement precedes it. After a refusal that leaves
 * open whether it was stored, it may arrive without one: with several servers, clients that hide such refusals are not checked.
 */
export function checkAcknowledgedFirst(feed: Feed, ledger: Ledger, stored: Stored, isReplicated: boolean): Violation[] {
  const violations: Violation[] = [];
  if (isReplicated && feed.hidesOutages) return violations;
  for (const session of feed.sessions) {
    const waiting = new Set<string>();
    const settled = new Set<string>();
    const arrived = (key: string | undefined, what: string) => {
      if (key === undefined || !waiting.delete(key)) return;
      violations.push(violation('late-ack', `${feed.name} saw ${what} before ${key} was acknowledged`));
    };
    for (const event of session.events) {
      if (event.kind === 'sent' || event.kind === 'asked') {
        const key = keyOf(feed.username!, event.clientId);
        const { first } = (ledger.said.get(key) ?? ledger.asked.get(key))!;
        if (first === session && !settled.has(key)) waiting.add(key);
      } else if (event.kind === 'ack' || event.kind === 'done' || (isReplicated && isOutage(event))) {
        const key = keyOf(feed.username!, event.clientId);
        waiting.delete(key);
        settled.add(key);
      } else if (event.kind === 'message') {
        const row = stored.byId.get(event.id);
        // A row that lost its key proves nothing here; other checks report it.
        arrived(row?.clientId == null ? undefined : keyOf(row.username, row.clientId), `message ${event.id}`);
      } else if (event.kind === 'changed') {
        const change = stored.changes[event.change_id - 1];
        arrived(change && keyOf(change.username, change.clientId), `change ${event.change_id}`);
      }
    }
  }
  return violations;
}
