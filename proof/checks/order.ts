import type { Feed } from '../history';
import type { Stored } from '../stored';
import { isOutage, keyOf, type Ledger } from './ledger';
import { violation, type Violation } from './violation';

/**
 * Ids respect the order that clients can observe. A message has a greater id than everything delivered to any client before
 * it was first sent, and than everything its writer sent earlier on the same connection that was accepted there at the first
 * attempt.
 */
export function checkOrder(ledger: Ledger, stored: Stored): Violation[] {
  const violations: Violation[] = [];
  const ids = new Map(stored.rows.toReversed().map(({ id, message }) => [message, id]));
  const accepted = new Map<object, number>();
  for (const [key, { message, known, first, firstAnswer }] of ledger) {
    const id = ids.get(message);
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
 * On the connection that a message was first sent on, its acknowledgement precedes it. After a refusal that leaves open
 * whether it was stored, the message may arrive without one.
 */
export function checkAcknowledgedFirst(feed: Feed, ledger: Ledger, isReplicated: boolean): Violation[] {
  const violations: Violation[] = [];
  for (const session of feed.sessions) {
    const waiting = new Map<string, string>();
    const settled = new Set<string>();
    for (const event of session.events) {
      if (event.kind === 'sent') {
        const key = keyOf(feed.username!, event.clientId);
        if (ledger.get(key)!.first === session && !settled.has(key)) waiting.set(event.message, key);
      } else if (event.kind === 'ack' || (isReplicated && isOutage(event))) {
        const key = keyOf(feed.username!, event.clientId ?? '');
        const said = ledger.get(key);
        if (said) waiting.delete(said.message);
        settled.add(key);
      } else if (event.kind === 'message') {
        const key = waiting.get(event.message);
        if (key !== undefined) {
          violations.push(violation('late-ack', `${feed.name} saw message ${event.id} before ${key} was acknowledged`));
        }
      }
    }
  }
  return violations;
}
