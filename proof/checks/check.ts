import type { History } from '../history';
import type { Stored } from '../stored';
import { checkCounters } from './counters';
import { checkFeed, checkV1Feed } from './feeds';
import { ledgerOf } from './ledger';
import { checkAcknowledgedFirst, checkOrder } from './order';
import { checkRest, type RestView } from './rest';
import { checkStorage } from './storage';
import type { Violation } from './violation';

/**
 * All violations, judged from the clients' records, the stored rows and REST on each server. With several servers
 * (`isReplicated`), a client may meet one that has not yet heard of what it saw on another, and a message that was refused
 * because the database did not answer may have been stored.
 */
export function check(
  history: History,
  stored: Stored,
  views: readonly RestView[],
  isReplicated: boolean,
): Violation[] {
  const ledger = ledgerOf(history);
  return [
    ...checkStorage(ledger, stored, isReplicated),
    ...checkCounters(stored),
    ...views.flatMap((view) => checkRest(view, stored)),
    ...history.feeds.flatMap((feed) => checkFeed(feed, stored)),
    ...history.v1Feeds.flatMap((feed) => checkV1Feed(feed, stored, isReplicated)),
    ...checkOrder(ledger, stored),
    ...history.feeds.flatMap((feed) => checkAcknowledgedFirst(feed, ledger, isReplicated)),
  ];
}
