import type { History, Span } from '../history';
import type { Copy, Stored } from '../stored';
import { checkChanges, checkDeletedTexts } from './changes';
import { checkCompleteness } from './completeness';
import { checkCounters } from './counters';
import { checkFeed } from './feeds';
import { ledgerOf } from './ledger';
import { MessageStates } from './message-states';
import { checkAcknowledgedFirst, checkOrder } from './order';
import { checkRest, type RestView } from './rest';
import { checkSanctions } from './sanctions';
import { checkStorage } from './storage';
import { checkV1Feed } from './v1-feeds';
import type { Violation } from './violation';

/** The evidence of a run. */
export interface Remains {
  readonly history: History;
  readonly stored: Stored;
  /** Copies of the texts in files and backups. */
  readonly copies: readonly Copy[];
  /** REST on each server. */
  readonly views: readonly RestView[];
  /** When servers could not reach the database. */
  readonly outages: readonly Span[];
}

/**
 * All violations, judged from the clients' records, the stored rows and REST on each server. With several servers
 * (`isReplicated`), one may not yet know what a client has seen on another, and a message that was refused because the
 * database did not answer may have been stored.
 */
export function check({ history, stored, copies, views, outages }: Remains, isReplicated: boolean): Violation[] {
  const ledger = ledgerOf(history);
  const states = new MessageStates(ledger, stored);
  return [
    ...checkStorage(ledger, stored, isReplicated),
    ...checkChanges(ledger, stored, states, isReplicated),
    ...checkDeletedTexts(stored, states, copies),
    ...checkSanctions(history, ledger, outages, isReplicated),
    ...checkCounters(stored),
    ...views.flatMap((view) => checkRest(view, stored, states)),
    ...history.feeds.flatMap((feed) => checkFeed(feed, stored, states)),
    ...history.v1Feeds.flatMap((feed) => checkV1Feed(feed, stored, states, isReplicated)),
    ...checkCompleteness(history, ledger, outages, isReplicated),
    ...checkOrder(ledger, stored),
    ...history.feeds.flatMap((feed) => checkAcknowledgedFirst(feed, ledger, stored, isReplicated)),
  ];
}
