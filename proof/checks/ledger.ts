import type { Acknowledged, Done, Event, Feed, History, Refused, Session, Wish } from '../history';
import type { Role } from '../identities';
import type { Row, Stored } from '../stored';

/** The fate of one request over all connections it was sent on. */
export interface Fate {
  readonly username: string;
  readonly role: Role;
  readonly clientId: string;
  /** The connection it was first sent on. */
  readonly first: Session;
  /** When it was first sent, on the clock of the run. */
  readonly firstAt: number;
  attempts: number;
  refusals: number;
  /** Refusals because the database could not be written or did not answer. */
  outages: number;
  /** The first answer on the connection `first`. */
  firstAnswer: 'ack' | 'refused' | undefined;
}

/** A message. */
export interface Said extends Fate {
  readonly message: string;
  /** The newest id delivered to any client before it was first sent. */
  readonly known: number;
  readonly answers: Acknowledged[];
}

/** A change of a message. */
export interface Asked extends Fate {
  readonly wish: Wish;
  readonly answers: Done[];
}

/** All requests sent, by user and idempotency key, in each user's sending order. */
export interface Ledger {
  readonly said: ReadonlyMap<string, Said>;
  readonly asked: ReadonlyMap<string, Asked>;
}

export function keyOf(username: string | null, clientId: string | null | undefined): string {
  return `${username ?? ''}#${clientId ?? ''}`;
}

export function ledgerOf({ feeds }: History): Ledger {
  const ledger = { said: new Map<string, Said>(), asked: new Map<string, Asked>() };
  for (const feed of feeds) {
    for (const session of feed.sessions) readSession(ledger, feed, session);
  }
  return ledger;
}

/** A refusal that, on PostgreSQL, leaves open whether the request was carried out. */
export function isOutage(event: Event): event is Refused {
  return event.kind === 'refused' && event.code === 'SERVICE_UNAVAILABLE';
}

/** The request that a stored message came from. A row that lost its key is found by its text. */
export function originOf({ said }: Ledger): (row: Row) => Said | undefined {
  const byText = new Map([...said.values()].map((one) => [one.message, one]));
  return ({ username, clientId, message }) =>
    clientId === null ? byText.get(message) : said.get(keyOf(username, clientId));
}

/** The first id under which each message is stored. */
export function idsOf(ledger: Ledger, { rows }: Stored): ReadonlyMap<Said, number> {
  const origin = originOf(ledger);
  const ids = new Map<Said, number>();
  for (const row of rows) {
    const said = origin(row);
    if (said && !ids.has(said)) ids.set(said, row.id);
  }
  return ids;
}

function readSession({ said, asked }: Writable, { username, role }: Feed, session: Session): void {
  if (username === undefined) return;
  const begin = (clientId: string, firstAt: number) => {
    return { username, role, clientId, first: session, firstAt, answers: [], ...NOTHING };
  };
  for (const event of session.events) {
    if (event.kind === 'sent') {
      const { clientId, message, known, at } = event;
      entry(said, keyOf(username, clientId), () => ({ ...begin(clientId, at), message, known })).attempts++;
    } else if (event.kind === 'asked') {
      const { clientId, id, message, at } = event;
      entry(asked, keyOf(username, clientId), () => ({ ...begin(clientId, at), wish: { id, message } })).attempts++;
    } else if (event.kind === 'ack') {
      const fate = said.get(keyOf(username, event.clientId));
      fate?.answers.push(event);
      if (fate) settle(fate, session, 'ack');
    } else if (event.kind === 'done') {
      const fate = asked.get(keyOf(username, event.clientId));
      fate?.answers.push(event);
      if (fate) settle(fate, session, 'ack');
    } else if (event.kind === 'refused') {
      const key = keyOf(username, event.clientId);
      const fate = said.get(key) ?? asked.get(key);
      if (!fate) continue;
      fate.refusals++;
      if (isOutage(event)) fate.outages++;
      settle(fate, session, 'refused');
    }
  }
}

const NOTHING = { attempts: 0, refusals: 0, outages: 0, firstAnswer: undefined };

interface Writable {
  readonly said: Map<string, Said>;
  readonly asked: Map<string, Asked>;
}

function entry<One>(map: Map<string, One>, key: string, make: () => One): One {
  let one = map.get(key);
  if (!one) map.set(key, (one = make()));
  return one;
}

function settle(fate: Fate, session: Session, answer: 'ack' | 'refused'): void {
  if (fate.first === session) fate.firstAnswer ??= answer;
}
