import type { ChatError } from './chat-error.js';
import type { ClientFrame, ClientFrames, ServerFrames } from './frames.js';

/** A message in its present state; `message` is empty where it was deleted. Times are RFC 3339, UTC, to the millisecond. */
export type Message = Omit<ServerFrames['chat_message'], 'type'>;

/** A change of a message: its whole new state. Applying it twice is harmless. */
export type ChangedMessage = Omit<ServerFrames['message_changed'], 'type'>;

/**
 * `connecting`: a connection is being made. `catching-up`: what was missed is arriving. `live`: nothing is missing.
 * `waiting`: the next attempt is at `retryAt`. `offline`: the browser says that there is no network. `ended`: by `close()`, or because the
 * server will not have this client; `reason` says why.
 */
export type ConnectionState = 'connecting' | 'catching-up' | 'live' | 'waiting' | 'offline' | 'ended';

export interface StateEvent {
  readonly state: ConnectionState;
  /**
   * Epoch milliseconds by the local clock: everything that was acknowledged to anybody before was delivered here. Undefined
   * before the first connection. While `live` it grows with each `pong`.
   */
  readonly completeUpTo: number | undefined;
  /** Why there is no connection. */
  readonly reason: ChatError | undefined;
  /** Epoch milliseconds of the next attempt, while `waiting`. */
  readonly retryAt: number | undefined;
}

/** What was accepted: it is on disk. */
export interface Receipt {
  readonly clientId: string;
  /** Of the message. */
  readonly id: number;
  /** Of an edit or deletion. */
  readonly changeId: number | undefined;
  readonly timestamp: string;
}

/** A request that has no answer yet: as it is kept over reloads, too. */
export type OutboxEntry = ClientFrames['chat_message'] | ClientFrames['edit'] | ClientFrames['delete'];

export interface Rejection {
  readonly entry: OutboxEntry;
  /** A `ChatError`, or what its signal was aborted with. */
  readonly error: Error;
}

/** Everything with a greater id is void: discard it. What is valid follows, as `message` events. */
export interface Reset {
  readonly after: number;
}

export interface Presence {
  /** Undefined where they are too many to tell each, and over HTTP. */
  readonly users: readonly string[] | undefined;
  /** `null` over HTTP: it is not told. */
  readonly userCount: number | null;
}

export interface ChatEvents {
  /** Each message once, in order of `id`. */
  message: Message;
  /** A message was edited or deleted. */
  change: ChangedMessage;
  /** The server's history is another one: its database was replaced, or lost its end. */
  reset: Reset;
  state: StateEvent;
  presence: Presence;
  typing: { readonly username: string };
  /** Accepted by the server; also what was kept in the outbox from before a reload. */
  sent: Receipt;
  /** Refused for good. */
  rejected: Rejection;
  /** An error that belongs to no request. */
  error: ChatError;
}

export type Listener<T> = (event: T) => void;

/** What the client knows now; a new object after each change. */
export interface Snapshot extends StateEvent, Presence {
  /** As the server writes it; null without a name. */
  readonly username: string | null;
  /** What this user may do; undefined where the server knows no users. */
  readonly can: ServerFrames['welcome']['can'];
  readonly roles: readonly string[] | undefined;
  /** What the server takes at most; undefined before the first connection. */
  readonly limits: ServerFrames['welcome']['limits'] | undefined;
  /** The newest message delivered; undefined before the first connection. */
  readonly lastId: number | undefined;
  /** The newest messages, at most `keep`, in their present state. */
  readonly messages: readonly Message[];
  /** Without an answer yet, in order. */
  readonly pending: readonly OutboxEntry[];
  /** Epoch milliseconds until which the server takes nothing from this user (`RATE_LIMITED`); undefined: it does. */
  readonly sendBlockedUntil: number | undefined;
}

/** Where a client is in the history; pass it as `from` to resume there. */
export interface Place {
  readonly id: number;
  readonly change?: number | undefined;
  readonly epoch?: string | undefined;
}

/** The part of a `WebSocket` that is used; `ws` has it too. */
export interface SocketLike {
  onopen: unknown;
  onmessage: unknown;
  onerror: unknown;
  onclose: unknown;
  send(data: string): void;
  close(): void;
  terminate?(): void;
}

export interface ChatOptions {
  /** Where the server knows no users, or for guests. */
  readonly username?: string | undefined;
  /**
   * An access token, asked for before each connection and before the last one ends; undefined: none. Once at a time: it may wait for
   * somebody to sign in. Where it rejects it is asked again.
   */
  readonly getToken?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Where to begin; by default with the newest message. `{ id: 0 }` is everything. */
  readonly from?: Place | undefined;
  /** Without `from`, and after a `reset`: so many of the newest messages come first. Default 0. */
  readonly backlog?: number | undefined;
  /** Messages kept in `getSnapshot().messages`. Default 200. */
  readonly keep?: number | undefined;
  /** Requests without an answer, above which further ones are rejected with `QUEUE_FULL`. Default 100. */
  readonly maxPending?: number | undefined;
  /** Used where WebSockets are blocked: `sse()`. */
  readonly fallback?: Transport | undefined;
  /** In the place of a WebSocket: `shared()`. */
  readonly channel?: Transport | undefined;
  /** For Node before 22, `ws`. */
  readonly WebSocket?: (new (url: string, protocols: string[]) => SocketLike) | undefined;
  readonly fetch?: typeof fetch | undefined;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface SendOptions extends RequestOptions {
  /** The idempotency key, 1–64 characters: what is sent again under it is stored once. By default a new one. */
  readonly clientId?: string | undefined;
  /** The author of a message; by default the client's. */
  readonly username?: string | undefined;
}

export interface IterateOptions extends RequestOptions {
  /** Begins behind this id. */
  readonly after?: number | undefined;
}

/** An open or opening connection. */
export interface Link {
  send(frame: ClientFrame): void;
  /** Ends it; `closed` is still called, `abrupt`: at once, without waiting for the other side. */
  close(abrupt?: boolean): void;
}

/** What a transport is given, and what it calls. */
export interface LinkContext {
  /** Of the server, without a slash at its end. */
  readonly url: string;
  readonly token: string | undefined;
  /** The frame that is sent first, by the caller, after `opened`. */
  readonly hello: ClientFrames['hello'];
  readonly options: ChatOptions;
  readonly opened: () => void;
  /** A frame of the server, as JSON. */
  readonly received: (text: string) => void;
  /** Once, after which nothing else is called; with the close codes of the protocol. */
  readonly closed: (code: number, reason: string) => void;
}

/** How frames travel. */
export type Transport = (context: LinkContext) => Link;
