import { type Role, storedName } from './identities';

/** What the clients saw. Clients only record; `checks` judges. */

/** A message as a reader receives it, in some state; only changed messages have the fields after `timestamp`. */
export interface Told {
  readonly id: number;
  readonly username: string;
  readonly message: string;
  readonly timestamp: string;
  readonly change_id?: number;
  readonly edited_at?: string;
  readonly deleted_at?: string;
  readonly deleted_by?: string;
}

/** A message of a REST list. By default its timestamp has another form, and fields of changes are missing. */
export type Listed = Told;

/** A requested change: an edit, or without a text a deletion. */
export interface Wish {
  readonly id: number;
  readonly message?: string;
}

/** A range that the server skipped; `fetched` has its messages from REST. */
export interface Gap {
  readonly kind: 'gap';
  readonly from: number;
  readonly to: number;
  fetched: readonly Listed[] | undefined;
}

export interface Refused {
  readonly kind: 'refused';
  readonly clientId: string | undefined;
  readonly code: string;
}

export type Event =
  /** `known`: the newest id delivered to any client when this frame was sent. */
  | {
      readonly kind: 'sent';
      readonly clientId: string;
      readonly message: string;
      readonly known: number;
      readonly at: number;
    }
  | ({ readonly kind: 'ack'; readonly clientId: string } & Acknowledged)
  | ({ readonly kind: 'asked'; readonly clientId: string; readonly at: number } & Wish)
  | ({ readonly kind: 'done'; readonly clientId: string } & Done)
  | Refused
  | ({ readonly kind: 'message' } & Told)
  | ({ readonly kind: 'changed' } & Changed)
  | Gap
  | Claim
  /** The client's claim to have everything acknowledged to any client before this time on the clock of the run. */
  | { readonly kind: 'complete'; readonly upTo: number };

/** The acknowledgement of a message. */
export interface Acknowledged {
  readonly id: number;
  readonly timestamp: string;
  /** Time of arrival on the clock of the run. */
  readonly at: number;
}

/** The acknowledgement of a change. */
export interface Done extends Acknowledged {
  readonly changeId: number;
}

/** A period on the clock of the run, in milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type SanctionKind = 'mute' | 'ban';

/** A mute or ban, from its acknowledgement to the request to lift it. */
export interface Sanction extends Span {
  readonly kind: SanctionKind;
  readonly username: string;
}

export type Changed = Told & { readonly change_id: number };

/** The server's claim that this reader has everything up to `lastId`, and every change up to `lastChange`. */
export interface Claim {
  readonly kind: 'cursor';
  readonly of: 'replayed' | 'pong' | 'event id';
  readonly lastId: number;
  readonly lastChange: number | undefined;
}

/** Where a reader resumes. */
export interface Place {
  /** Undefined: with the next message. */
  readonly after: number | undefined;
  /** Undefined: with the next change. */
  readonly afterChange: number | undefined;
}

/** One connection from its first frame to its end. */
export interface Session extends Place {
  /** The newest id that its server had delivered to any client when this one sent `hello`. */
  readonly known: number;
  /** `last_id` of `welcome`; undefined without one. */
  lastId: number | undefined;
  /** Arrival of `welcome`, and of the newest frame other than `error`. */
  welcomedAt?: number;
  servedAt?: number;
  readonly events: Event[];
}

/** Everything one v2 or event-stream client saw, by connection. */
export interface Feed {
  readonly name: string;
  /** The name its messages are stored under; undefined for readers. */
  readonly username: string | undefined;
  readonly role: Role;
  /** Whether it must have every message at the end. */
  readonly isComplete: boolean;
  /** Whether its client retries requests refused during an outage by itself, so that the refusals are not recorded. */
  readonly hidesOutages: boolean;
  readonly sessions: Session[];
}

/** Everything one v1 client saw, by connection; its frames have no ids. */
export interface V1Feed {
  readonly name: string;
  readonly sessions: Omit<Told, 'id'>[][];
}

export class History {
  readonly feeds: Feed[] = [];
  readonly v1Feeds: V1Feed[] = [];
  readonly sanctions: Sanction[] = [];
  /** The newest id delivered to any client. */
  newestId = 0;
  /** The newest id that each server delivered to a client, by port. */
  private readonly newestOf = new Map<number, number>();
  private readonly texts = new Map<string, string>();

  /** @param username as sent by the client */
  feed(name: string, role: Role = 'guest', username?: string, hidesOutages = false): Feed {
    const stored = username && storedName(username, role);
    return this.add({ name, role, username: stored, isComplete: true, hidesOutages, sessions: [] });
  }

  /** For another client of the same user, which need not have every message at the end. */
  feedBeside(name: string, { username, role }: Feed): Feed {
    return this.add({ name, role, username, isComplete: false, hidesOutages: false, sessions: [] });
  }

  private add(feed: Feed): Feed {
    this.feeds.push(feed);
    return feed;
  }

  v1Feed(name: string): V1Feed {
    const feed = { name, sessions: [] };
    this.v1Feeds.push(feed);
    return feed;
  }

  /** Clients without an answer or a message so far, and `changes` until the first one is acknowledged. */
  get idle(): string[] {
    const has = ({ sessions }: Feed, ...kinds: Event['kind'][]) =>
      sessions.some(({ events }) => events.some(({ kind }) => kinds.includes(kind)));
    const isIdle = (feed: Feed) =>
      feed.username === undefined ? !has(feed, 'message') : !has(feed, 'ack', 'done', 'refused');
    const isIdleV1 = ({ sessions }: V1Feed) => sessions.every(({ length }) => length === 0);
    const idle = [...this.feeds.filter(isIdle), ...this.v1Feeds.filter(isIdleV1)].map(({ name }) => name);
    return this.feeds.some((feed) => has(feed, 'done')) ? idle : [...idle, 'changes'];
  }

  session(feed: Feed, place: Place, port: number): Session {
    const session = { ...place, known: this.newestOf.get(port) ?? 0, lastId: undefined, events: [] };
    feed.sessions.push(session);
    return session;
  }

  sent(session: Session, clientId: string, message: string): void {
    this.texts.set(message, message);
    session.events.push({ kind: 'sent', clientId, message, known: this.newestId, at: performance.now() });
  }

  asked(session: Session, clientId: string, { id, message }: Wish): void {
    if (message !== undefined) this.texts.set(message, message);
    const text = message !== undefined && { message };
    session.events.push({ kind: 'asked', clientId, id, ...text, at: performance.now() });
  }

  /** Records that a client learned of a message, by an `ack` or as a reader of the server at this port. */
  given(id: number, port?: number): void {
    this.newestId = Math.max(this.newestId, id);
    if (port !== undefined) this.newestOf.set(port, Math.max(this.newestOf.get(port) ?? 0, id));
  }

  /** The message alone of a frame or a list entry; all readers share its text. */
  told(frame: Told): Told {
    const { id, username, message, timestamp, change_id, edited_at, deleted_at, deleted_by } = frame;
    const told = { id, username, message: this.shared(message), timestamp };
    return change_id === undefined ? told : { ...told, change_id, edited_at, deleted_at, deleted_by };
  }

  /** Interns texts: all readers record the same ones. */
  shared(text: string): string {
    return this.texts.get(text) ?? text;
  }
}
