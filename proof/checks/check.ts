import type { History } from '../history';
import type { Stored } from '../stored';
import { checkCounters } from './counters';
import { checkFeed, checkV1Feed } from './feeds';
import { ledgerOf } from './ledger';
import { checkAcknowledgedFirst, checkOrder } from './order';
import { checkRest, type RestView } from './rest';
import { checkStorage } from './storage';
import type { Violation } from './violation';

/** Every promise that was broken, from the clients' records, the database file and what REST says of it. */
export function check(history: History, stored: Stored, rest: RestView): Violation[] {
  const ledger = ledgerOf(history);
  return [
    ...checkStorage(ledger, stored),
    ...checkCounters(stored),
    ...checkRest(rest, stored),
    ...history.feeds.flatMap((feed) => checkFeed(feed, stored)),
    ...history.v1Feeds.flatMap((feed) => checkV1Feed(feed, stored)),
    ...checkOrder(ledger, stored),
    ...history.feeds.flatMap((feed) => checkAcknowledgedFirst(feed, ledger)),
  ];
}
