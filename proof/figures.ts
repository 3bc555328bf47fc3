import { ledgerOf } from './checks/ledger';
import type { History } from './history';
import type { Stored } from './stored';

/** The figures of a run, printed at its end. */
export type Figures = readonly (readonly [string, number | string])[];

export function figuresOf(history: History, stored: Stored, faults: ReadonlyMap<string, number>): Figures {
  const sessions = history.feeds.flatMap((feed) => feed.sessions);
  const v1Sessions = history.v1Feeds.flatMap((feed) => feed.sessions);
  const count = (kind: string) =>
    sessions.reduce((sum, { events }) => sum + events.filter((event) => event.kind === kind).length, 0);
  const ledger = ledgerOf(history);
  const [said, asked] = [[...ledger.said.values()], [...ledger.asked.values()]];
  const answered = (requests: readonly { answers: readonly unknown[] }[]) =>
    requests.filter(({ answers }) => answers.length > 0).length;
  const connections = sessions.length + v1Sessions.length;
  return [
    ['messages acknowledged', answered(said)],
    ['messages stored', stored.rows.length],
    ['changes acknowledged', answered(asked)],
    ['changes stored', stored.changes.length],
    ['messages deleted', stored.rows.filter(({ deletedAt }) => deletedAt !== null).length],
    ['mutes and bans', history.sanctions.length],
    ['repeats sent', count('sent') + count('asked') - said.length - asked.length],
    ['refusals', count('refused')],
    ['deliveries checked', count('message') + v1Sessions.reduce((sum, { length }) => sum + length, 0)],
    ['changes delivered', count('changed')],
    ['gaps fetched over REST', count('gap')],
    ['reconnects', connections - history.feeds.length - history.v1Feeds.length],
    ['faults', [...faults].map(([fault, times]) => `${fault} ${times}`).join(', ') || 'none'],
  ];
}
