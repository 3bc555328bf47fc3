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

/** `await using`. Not a member of the class: the declarations would name it twice. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unsafe-declaration-merging -- the constructor assigns it
export interface ChatClient extends AsyncDisposable {}

/**
 * A participant of the chat: every message once and in order, every send stored once or rejected with a reason, over any number of
 * connections. Connects by itself. Its methods need no `this`.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- see above
export class ChatClient {
  /** Of the server, without a slash at its end. */
  declare readonly url: string;
  /** Where it is in the history; store a copy together with the messages, and pass it as `from` to go on there. */
  declare readonly place: Partial<Place>;
  /** After `close()`, or where the client has `ended`: goes on from where it was. */
  declare readonly open: () => void;
  /** Rejects what has no answer with `CLOSED`, and resolves when the connection is closed. Nothing runs any more then. */
  declare readonly close: () => Promise<void>;
  /** Returns what ends it. A listener that throws is reported, and breaks nothing. */
  declare readonly on: <Type extends keyof ChatEvents>(type: Type, listener: Listener<ChatEvents[Type]>) => () => void;
  /** For `useSyncExternalStore` and the like: calls back after each change of the snapshot. */
  declare readonly subscribe: (listener: () => void) => () => void;
  declare readonly getSnapshot: () => Snapshot;
  /**
   * Resolves once the message is on disk, over any number of connections.
   * @throws ChatError where it is refused; the signal's reason where that is aborted: then it may have been stored
   */
  declare readonly send: (message: string, options?: SendOptions) => Promise<Receipt>;
  /** Replaces the text of an own message. @throws as `send` */
  declare readonly edit: (id: number, message: string, options?: SendOptions) => Promise<Receipt>;
  /** Deletes an own message, or as a moderator anybody's. @throws as `send` */
  declare readonly delete: (id: number, options?: SendOptions) => Promise<Receipt>;
  /** Tells the others that the user is typing. May be called for each key. */
  declare readonly typing: () => void;
  /**
   * The messages from now on, or after an id, each once and in order. A reader that is slower than the chat keeps nothing waiting: beyond
   * what the snapshot has (`keep`), its messages are read from the server when it gets there. Ends with the signal, or with the client.
   */
  declare readonly messages: (options?: IterateOptions) => AsyncGenerator<Message, void, void>;
  /** A request to the server's REST API as this user; waits and repeats where the server asks for it. @throws ChatError */
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

/** 128 bits; `randomUUID` is missing where a page is not served over HTTPS. */
function newKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}
