/** What the clients saw. Clients only record; `checks` judges. */

/** A message as a reader receives it. */
export interface Told {
  readonly id: number;
  readonly username: string;
  readonly message: string;
  readonly timestamp: string;
}

/** A message of `GET /api/messages`, whose timestamp has another form. */
export type Listed = Told;

/** A range that the server left out; `fetched` has its messages from REST. */
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
  | { readonly kind: 'sent'; readonly clientId: string; readonly message: string; readonly known: number }
  | { readonly kind: 'ack'; readonly clientId: string; readonly id: number; readonly timestamp: string }
  | Refused
  | ({ readonly kind: 'message' } & Told)
  | Gap
  /** The server's claim that this reader has everything up to `lastId`. */
  | { readonly kind: 'cursor'; readonly of: 'replayed' | 'pong'; readonly lastId: number };

/** One connection from its first frame to its end. */
export interface Session {
  /** The id it resumes after; undefined: live only. */
  readonly after: number | undefined;
  /** The newest id that its server had delivered to any client when this one sent `hello`. */
  readonly known: number;
  /** `last_id` of `welcome`; undefined without one. */
  lastId: number | undefined;
  readonly events: Event[];
}

/** Everything one v2 or event-stream client saw, by connection. */
export interface Feed {
  readonly name: string;
  /** The name its messages are stored under; undefined for readers. */
  readonly username: string | undefined;
  /** Whether it must have every message at the end. */
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
  /** The newest id delivered to any client. */
  newestId = 0;
  /** The newest id that each server delivered to a client, by port. */
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

  /** Records that a client learned of a message, by an `ack` or as a reader of the server at this port. */
  given(id: number, port?: number): void {
    this.newestId = Math.max(this.newestId, id);
    if (port !== undefined) this.newestOf.set(port, Math.max(this.newestOf.get(port) ?? 0, id));
  }

  /** Interns texts: all readers record the same ones. */
  shared(text: string): string {
    return this.texts.get(text) ?? text;
  }
}
