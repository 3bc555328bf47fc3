/** What the clients saw, as they saw it. They only record; the checks judge. */

/** A message as a reader is told it. */
export interface Told {
  readonly id: number;
  readonly username: string;
  readonly message: string;
  readonly timestamp: string;
}

/** A message as `GET /api/messages` has it: its timestamp is another form. */
export type Listed = Told;

/** Messages the server left out; `fetched` is what REST gave for them. */
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
  /** `known`: the newest id that any client had been given when this frame left. */
  | { readonly kind: 'sent'; readonly clientId: string; readonly message: string; readonly known: number }
  | { readonly kind: 'ack'; readonly clientId: string; readonly id: number; readonly timestamp: string }
  | Refused
  | ({ readonly kind: 'message' } & Told)
  | Gap
  /** The server says up to where this reader has everything. */
  | { readonly kind: 'cursor'; readonly of: 'replayed' | 'pong'; readonly lastId: number };

/** One connection, from its first frame to its end. */
export interface Session {
  /** The id it asked to go on after; undefined: from now on. */
  readonly after: number | undefined;
  /** The newest message that its server had given to any client when this one said hello. */
  readonly known: number;
  /** The newest id by the server's welcome; undefined where there is none. */
  lastId: number | undefined;
  readonly events: Event[];
}

/** Everything one client of protocol v2 or of the event stream saw, connection by connection. */
export interface Feed {
  readonly name: string;
  /** Under which its messages are stored; undefined for one that only reads. */
  readonly username: string | undefined;
  /** It must have everything at the end. */
  readonly isComplete: boolean;
  readonly sessions: Session[];
}

/** The same for v1, whose frames have no ids. */
export interface V1Feed {
  readonly name: string;
  readonly sessions: Omit<Told, 'id'>[][];
}

export class History {
  readonly feeds: Feed[] = [];
  readonly v1Feeds: V1Feed[] = [];
  /** The newest id that any client was given. */
  newestId = 0;
  /** The newest message that each server gave to a client, by port. */
  private readonly newestOf = new Map<number, number>();
  private readonly texts = new Map<string, string>();

  feed(name: string, username?: string, isComplete = true): Feed {
    const feed = { name, username, isComplete, sessions: [] };
    this.feeds.push(feed);
    return feed;
  }

  v1Feed(name: string): V1Feed {
    const feed = { name, sessions: [] };
    this.v1Feeds.push(feed);
    return feed;
  }

  session(feed: Feed, after: number | undefined, port: number): Session {
    const session = { after, known: this.newestOf.get(port) ?? 0, lastId: undefined, events: [] };
    feed.sessions.push(session);
    return session;
  }

  sent(session: Session, clientId: string, message: string): void {
    this.texts.set(message, message);
    session.events.push({ kind: 'sent', clientId, message, known: this.newestId });
  }

  /** A client learned of a message: by an acknowledgement, or as a reader of the server at this port. */
  given(id: number, port?: number): void {
    this.newestId = Math.max(this.newestId, id);
    if (port !== undefined) this.newestOf.set(port, Math.max(this.newestOf.get(port) ?? 0, id));
  }

  /** One copy of a text serves all who are told it. */
  shared(text: string): string {
    return this.texts.get(text) ?? text;
  }
}
