/// <reference lib="esnext.disposable" preserve="true" />
import { ChatError } from './chat-error.js';
import { createConnection } from './connection.js';
import { createFeed } from './feed.js';
import { iterate } from './iterate.js';
import { createRest } from './rest.js';
import { createQueue } from './send-queue.js';
import { createStore } from './store.js';
import type {
  ChatEvents,
  ChatOptions,
  IterateOptions,
  Listener,
  Message,
  Place,
  Receipt,
  RequestOptions,
  SendOptions,
  Snapshot,
} from './types.js';

/** Enables `await using`. As a class member it would appear twice in the emitted declarations. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unsafe-declaration-merging -- the constructor assigns it
export interface ChatClient extends AsyncDisposable {}

/**
 * A chat client: every message is delivered once and in order, every send is stored once or rejected with a reason, across any
 * number of reconnects. Connects on construction. Methods are bound and may be passed as callbacks.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- see above
export class ChatClient {
  /** Base URL of the server, without a trailing slash. */
  declare readonly url: string;
  /** Position in the history. Store a copy together with the messages and pass it as `from` to resume there. */
  declare readonly place: Partial<Place>;
  /** Reconnects after `close()` or in the state `ended`, resuming at `place`. */
  declare readonly open: () => void;
  /** Rejects unanswered requests with `CLOSED`; resolves once the connection is closed and nothing is left running. */
  declare readonly close: () => Promise<void>;
  /** Adds a listener and returns a function that removes it. Exceptions of listeners are reported and affect nothing else. */
  declare readonly on: <Type extends keyof ChatEvents>(type: Type, listener: Listener<ChatEvents[Type]>) => () => void;
  /** Calls `listener` after each change of the snapshot; returns a function that removes it. Fits `useSyncExternalStore`. */
  declare readonly subscribe: (listener: () => void) => () => void;
  declare readonly getSnapshot: () => Snapshot;
  /**
   * Resolves once the message is on the server's disk, across any number of reconnects.
   * @throws ChatError when refused; the signal's reason when aborted, in which case the message may still be stored
   */
  declare readonly send: (message: string, options?: SendOptions) => Promise<Receipt>;
  /** Replaces the text of one of the user's own messages. @throws as `send` */
  declare readonly edit: (id: number, message: string, options?: SendOptions) => Promise<Receipt>;
  /** Deletes one of the user's own messages; moderators may delete any. @throws as `send` */
  declare readonly delete: (id: number, options?: SendOptions) => Promise<Receipt>;
  /** Tells the other users that this one is typing. Throttled: may be called on every keystroke. */
  declare readonly typing: () => void;
  /**
   * Iterates over the messages from now on, or after an id, each once and in order. A slow reader holds nothing up: messages that
   * the snapshot (`keep`) no longer holds are fetched from the server. Ends when the signal aborts or the client has `ended`.
   */
  declare readonly messages: (options?: IterateOptions) => AsyncGenerator<Message, void, void>;
  /**
   * Sends a request to the server's REST API as this user; retries when the server asks for it.
   * @throws ChatError when refused; the error of `fetch` when the server is unreachable
   */
  declare readonly request: <T>(path: string, init?: Omit<RequestInit, 'signal'> & RequestOptions) => Promise<T>;

  constructor(url: string, options: ChatOptions = {}) {
    this.url = url = url.replace(/\/+$/, '');
    const store = createStore();
    const { on, get } = store;
    const rest = createRest(url, options);
    const feed = createFeed(store, rest, options);
    const queue = createQueue(store, options);
    const { open, close, typing, hurry } = createConnection(url, options, store, rest, feed, queue);
    const add = (frame: object, { signal, clientId }: SendOptions = {}): Promise<Receipt> => {
      const receipt = queue.add({ client_id: clientId ?? newKey(), ...frame } as never, signal);
      hurry();
      return receipt;
    };
    const end = (): Promise<void> => close(new ChatError('CLOSED'));
    Object.assign(this, {
      place: feed.place,
      open,
      close: end,
      [Symbol.asyncDispose]: end,
      on,
      subscribe: (listener: () => void) => on('', listener),
      getSnapshot: get,
      send: (message: string, sendOptions?: SendOptions) =>
        add({ type: 'chat_message', username: sendOptions?.username, message }, sendOptions),
      edit: (id: number, message: string, sendOptions?: SendOptions) => add({ type: 'edit', id, message }, sendOptions),
      delete: (id: number, sendOptions?: SendOptions) => add({ type: 'delete', id }, sendOptions),
      typing,
      messages: (iterateOptions?: IterateOptions) => iterate(store, rest, feed, iterateOptions),
      request: rest.request,
    });
    open();
  }

  get users(): readonly string[] | undefined {
    return this.getSnapshot().users;
  }
}

/** 128 random bits; `crypto.randomUUID` is missing on pages that are not served over HTTPS. */
function newKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}
