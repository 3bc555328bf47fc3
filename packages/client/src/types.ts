import type { ChatError } from './chat-error.js';
import type { ClientFrame, ClientFrames, ServerFrames } from './frames.js';

/** A message in its current state; `message` is empty once deleted. Times are RFC 3339 in UTC with milliseconds. */
export type Message = Omit<ServerFrames['chat_message'], 'type'>;

/** The full new state of an edited or deleted message; safe to apply twice. */
export type ChangedMessage = Omit<ServerFrames['message_changed'], 'type'>;

/**
 * `connecting`: an attempt is in progress. `catching-up`: connected, missed messages are arriving. `live`: nothing is missing.
 * `waiting`: the next attempt starts at `retryAt`. `offline`: the browser reports no network. `ended`: closed by `close()`, or
 * refused by the server for good; see `reason`.
 */
export type ConnectionState = 'connecting' | 'catching-up' | 'live' | 'waiting' | 'offline' | 'ended';

export interface StateEvent {
  readonly state: ConnectionState;
  /**
   * Watermark in epoch milliseconds of the local clock: everything acknowledged to any client before it has been delivered here.
   * Undefined before the first connection. Advances with each `pong` while `live`.
   */
  readonly completeUpTo: number | undefined;
  /** Why there is no connection. */
  readonly reason: ChatError | undefined;
  /** Epoch milliseconds of the next attempt, while `waiting`. */
  readonly retryAt: number | undefined;
}

/** Acknowledgement of a request that the server has committed to disk. */
export interface Receipt {
  readonly clientId: string;
  /** Id of the message. */
  readonly id: number;
  /** Id of the edit or deletion; undefined for a new message. */
  readonly changeId: number | undefined;
  readonly timestamp: string;
}

/** An unanswered request, in the form in which an outbox persists it. */
export type OutboxEntry = ClientFrames['chat_message'] | ClientFrames['edit'] | ClientFrames['delete'];

export interface Rejection {
  readonly entry: OutboxEntry;
  /** A `ChatError`, or the abort reason of the request's signal. */
  readonly error: Error;
}

/** Messages with an id greater than `after` are void: discard them. Valid ones follow as `message` events. */
export interface Reset {
  readonly after: number;
}

export interface Presence {
  /** Undefined when there are too many to list, and over HTTP. */
  readonly users: readonly string[] | undefined;
  /** `null` over HTTP, which carries no presence. */
  readonly userCount: number | null;
}

export interface ChatEvents {
  /** Each message once, in order of `id`. */
  message: Message;
  /** A message was edited or deleted. */
  change: ChangedMessage;
  /** The server's history diverged: its database was replaced, or lost its newest messages. */
  reset: Reset;
  state: StateEvent;
  presence: Presence;
  typing: { readonly username: string };
  /** A request was stored by the server, including one that the outbox kept from before a reload. */
  sent: Receipt;
  /** A request was refused for good. */
  rejected: Rejection;
  /** An error that belongs to no request. */
  error: ChatError;
}

export type Listener<T> = (event: T) => void;

/** Current state of the client; a new object after each change. */
export interface Snapshot extends StateEvent, Presence {
  /** The name as normalised by the server; null without one. */
  readonly username: string | null;
  /** Permissions of this user; undefined on a server without authentication. */
  readonly can: ServerFrames['welcome']['can'];
  readonly roles: readonly string[] | undefined;
  /** The server's limits; undefined before the first connection. */
  readonly limits: ServerFrames['welcome']['limits'] | undefined;
  /** Id of the newest message delivered; undefined before the first connection. */
  readonly lastId: number | undefined;
  /** The newest messages, at most `keep`, in their current state. */
  readonly messages: readonly Message[];
  /** Unanswered requests, in sending order. */
  readonly pending: readonly OutboxEntry[];
  /** Epoch milliseconds at which the server accepts requests again (`RATE_LIMITED`); undefined while not limited. */
  readonly sendBlockedUntil: number | undefined;
}

/** Position in the history; pass it as `from` to resume there. */
export interface Place {
  readonly id: number;
  readonly change?: number | undefined;
  readonly epoch?: string | undefined;
}

/** The subset of `WebSocket` that the client uses; `ws` implements it too. */
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
  /** Name of the user, on servers without authentication and for guests. */
  readonly username?: string | undefined;
  /**
   * Returns an access token, or undefined for none. Called before each connection and before the current token expires, never
   * concurrently, so it may wait for a sign-in. Called again after a rejection.
   */
  readonly getToken?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Position to resume from; `{ id: 0 }` delivers the whole history. Default: the newest message. */
  readonly from?: Place | undefined;
  /** Number of newest messages delivered first, without `from` and after a `reset`. Default 0. */
  readonly backlog?: number | undefined;
  /** Maximum messages in `getSnapshot().messages`. Default 200. */
  readonly keep?: number | undefined;
  /** Maximum unanswered requests; further ones are rejected with `QUEUE_FULL`. Default 100. */
  readonly maxPending?: number | undefined;
  /** Transport for networks that block WebSockets: `sse()`. */
  readonly fallback?: Transport | undefined;
  /** Transport used instead of a WebSocket: `shared()`. */
  readonly channel?: Transport | undefined;
  /** Replaces the global `WebSocket`; Node before 22 needs `ws`. */
  readonly WebSocket?: (new (url: string, protocols: string[]) => SocketLike) | undefined;
  readonly fetch?: typeof fetch | undefined;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface SendOptions extends RequestOptions {
  /** Idempotency key, 1–64 characters: requests repeated under it are stored once. Default: a random one. */
  readonly clientId?: string | undefined;
  /** Author of the message. Default: the client's `username`. */
  readonly username?: string | undefined;
}

export interface IterateOptions extends RequestOptions {
  /** Starts after this id. */
  readonly after?: number | undefined;
}

/** An open or opening connection. */
export interface Link {
  send(frame: ClientFrame): void;
  /** Closes the connection; `closed` is still called. `abrupt` closes at once, without waiting for the peer. */
  close(abrupt?: boolean): void;
}

/** Parameters of a transport, and the callbacks it must call. */
export interface LinkContext {
  /** Base URL of the server, without a trailing slash. */
  readonly url: string;
  readonly token: string | undefined;
  /** The first frame; sent by the client once the transport has called `opened`. */
  readonly hello: ClientFrames['hello'];
  readonly options: ChatOptions;
  readonly opened: () => void;
  /** Called with each frame of the server, as JSON. */
  readonly received: (text: string) => void;
  /** Called once, as the last callback, with a close code of the protocol. */
  readonly closed: (code: number, reason: string) => void;
}

/** Opens a connection that carries frames. */
export type Transport = (context: LinkContext) => Link;
