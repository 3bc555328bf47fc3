import type { Event, Feed, History, Refused, Session } from '../history';

/** The fate of one message over all connections it was sent on. */
export interface Said {
  readonly username: string;
  readonly clientId: string;
  readonly message: string;
  /** The connection it was first sent on. */
  readonly first: Session;
  /** The newest id delivered to any client before it was first sent. */
  readonly known: number;
  readonly answers: { readonly id: number; readonly timestamp: string }[];
  attempts: number;
  refusals: number;
  /** Refusals because the database could not be written or did not answer. */
  outages: number;
  /** Its first answer on the connection it was first sent on. */
  firstAnswer: 'ack' | 'refused' | undefined;
}

/** All messages sent, by user and idempotency key, in each user's sending order. */
export type Ledger = ReadonlyMap<string, Said>;

export function keyOf(username: string, clientId: string): string {
  return `${username}#${clientId}`;
}

export function ledgerOf({ feeds }: History): Ledger {
  const ledger = new Map<string, Said>();
  for (const feed of feeds) {
    for (const session of feed.sessions) readSession(ledger, feed, session);
  }
  return ledger;
}

/** A refusal that, on PostgreSQL, leaves open whether the message was stored. */
export function isOutage(event: Event): event is Refused {
  return event.kind === 'refused' && event.code === 'SERVICE_UNAVAILABLE';
}

function readSession(ledger: Map<string, Said>, { username }: Feed, session: Session): void {
  if (username === undefined) return;
  for (const event of session.events) {
    if (event.kind === 'sent') {
      const { clientId, message, known } = event;
      const key = keyOf(username, clientId);
      let said = ledger.get(key);
      if (!said) {
        const nothing = { answers: [], attempts: 0, refusals: 0, outages: 0, firstAnswer: undefined };
        ledger.set(key, (said = { username, clientId, message, first: session, known, ...nothing }));
      }
      said.attempts++;
    } else if (event.kind === 'ack' || event.kind === 'refused') {
      const said = ledger.get(keyOf(username, event.clientId ?? ''));
      if (!said) continue;
      if (event.kind === 'ack') said.answers.push(event);
      else said.refusals++;
      if (isOutage(event)) said.outages++;
      if (said.first === session) said.firstAnswer ??= event.kind;
    }
  }
}
