import { ChatError } from './chat-error.js';
import { Connection } from './connection.js';
import { Feed, PAGE } from './feed.js';
import { Rest } from './rest.js';
import { SendQueue } from './send-queue.js';
import { Store } from './store.js';
import { Tokens } from './tokens.js';
import type {
  ChatEvents,
  ChatOptions,
  Listener,
  Message,
  OutboxEntry,
  Place,
  Receipt,
  RequestOptions,
  Snapshot,
} from './types.js';

/** Messages that an iterator keeps for its reader; beyond it, they are read from the server when they are wanted. */
const MAX_BUFFERED = 1_000;
const MIN_BETWEEN_TYPING_MS = 1_000;

/**
 * A participant of the chat: every message once and in order, every send stored once or rejected with a reason, over any number of
 * connections. Connects by itself.
 */
export class ChatClient {
  /** Of the server, without a slash at its end. */
  readonly url: string;
  readonly #options: ChatOptions;
  readonly #store: Store = new Store();
  readonly #rest: Rest;
  readonly #feed: Feed;
  readonly #queue: SendQueue;
  readonly #connection: Connection;
  #typedAt = 0;

  constructor(url: string, options: ChatOptions = {}) {
    this.url = url.replace(/\/+$/, '');
    this.#options = options;
    const tokens = new Tokens(options);
    this.#rest = new Rest(this.url, tokens, options);
    this.#feed = new Feed(this.#store, this.#rest, options);
    this.#queue = new SendQueue(this.#store, options);
    this.#connection = new Connection(this.url, options, this.#store, tokens, this.#feed, this.#queue);
    this.open();
  }

  /** After `close()`, or where the client has `ended`: goes on from where it was. */
  open(): void {
    this.#connection.open();
  }

  /** Rejects what has no answer with `CLOSED`, and resolves when the connection is closed. Nothing runs any more then. */
  close(): Promise<void> {
    return this.#connection.close(new ChatError('CLOSED'));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Returns what ends it. A listener that throws is reported, and breaks nothing. */
  on<Type extends keyof ChatEvents>(type: Type, listener: Listener<ChatEvents[Type]>): () => void {
    return this.#store.on(type, listener);
  }

  /** For `useSyncExternalStore` and the like: calls back after each change of the snapshot. */
  readonly subscribe = (listener: () => void): (() => void) => this.#store.on('', listener);

  readonly getSnapshot = (): Snapshot => this.#store.snapshot;

  get users(): readonly string[] | undefined {
    return this.#store.snapshot.users;
  }

  /** Store it together with the messages, and pass it as `from` to go on there. Undefined before the first connection. */
  get place(): Place | undefined {
    const { id, change, epoch } = this.#feed;
    return id === undefined ? undefined : { id, change, epoch };
  }

  /**
   * Resolves once the message is on disk, over any number of connections.
   * @throws ChatError where it is refused; the signal's reason where that is aborted: then it may have been stored
   */
  send(
    message: string,
    { signal, clientId = crypto.randomUUID() }: RequestOptions & { clientId?: string } = {},
  ): Promise<Receipt> {
    return this.#request({ type: 'chat_message', client_id: clientId, ...this.#name(), message }, signal);
  }

  /** Replaces the text of an own message. */
  edit(id: number, message: string, { signal }: RequestOptions = {}): Promise<Receipt> {
    return this.#request({ type: 'edit', client_id: crypto.randomUUID(), id, message }, signal);
  }

  /** Deletes an own message, or as a moderator anybody's. */
  delete(id: number, { signal }: RequestOptions = {}): Promise<Receipt> {
    return this.#request({ type: 'delete', client_id: crypto.randomUUID(), id }, signal);
  }

  /** Tells the others that the user is typing. May be called for each key. */
  typing(): void {
    const now = Date.now();
    if (now - this.#typedAt < MIN_BETWEEN_TYPING_MS) return;
    this.#typedAt = now;
    this.#connection.send({ type: 'typing' });
  }

  /**
   * The messages from now on, or after an id, each once and in order. A reader that is slower than the chat keeps at most 1,000 of them
   * waiting; the rest is read from the server when it gets there. Ends with the signal, or with the client.
   */
  async *messages({ signal, after }: RequestOptions & { after?: number } = {}): AsyncGenerator<Message, void, void> {
    let last = after ?? this.#feed.id;
    let buffer: Message[] = [];
    let wake = (): void => {};
    const offs = [
      this.on('message', (message) => {
        last ??= message.id - 1;
        if (buffer.length < MAX_BUFFERED) buffer.push(message);
        wake();
      }),
      this.on('reset', (reset) => {
        buffer = buffer.filter(({ id }) => id <= reset.after);
        last = undefined;
      }),
      this.on('state', () => wake()),
    ];
    const abort = (): void => wake();
    signal?.addEventListener('abort', abort);
    try {
      while (!signal?.aborted) {
        const first = buffer.shift();
        if (first && (last === undefined || first.id <= last + 1)) {
          if (last !== undefined && first.id <= last) continue;
          last = first.id;
          yield first;
        } else if (last !== undefined && last < (this.#feed.id ?? 0)) {
          buffer = [];
          const page = await this.request<{ messages: Message[] }>(
            `/api/messages?view=full&after=${last}&limit=${PAGE}`,
            { signal },
          );
          buffer = page.messages;
        } else if (this.#store.snapshot.state === 'ended') return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      for (const off of offs) off();
    }
  }

  /** A request to the server's REST API as this user; waits and repeats where the server asks for it. @throws ChatError */
  request<T>(path: string, init?: Omit<RequestInit, 'signal'> & RequestOptions): Promise<T> {
    return this.#rest.request(path, init);
  }

  async #request(entry: OutboxEntry, signal: AbortSignal | undefined): Promise<Receipt> {
    if (this.#store.snapshot.state === 'ended') throw new ChatError('CLOSED');
    const receipt = this.#queue.add(entry, signal);
    this.#connection.hurry();
    return receipt;
  }

  /** What is kept over a reload must not be sent under the name of whoever is there then. */
  #name(): { username?: string } {
    const username = this.#options.username ?? this.#store.snapshot.username;
    return username && this.#options.outbox ? { username } : {};
  }
}
