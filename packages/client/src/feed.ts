import { ChatError } from './chat-error.js';
import type { ServerFrames } from './frames.js';
import type { Rest } from './rest.js';
import type { Store } from './store.js';
import type { ChatOptions, Message, Place } from './types.js';

/** The most that one request over REST returns. */
export const PAGE = 1_000;

/** Owns the place in the history: delivers each message once and in order, and fills what was left out. Must not know connections. */
export class Feed {
  id: number | undefined;
  change: number | undefined;
  epoch: string;

  constructor(
    private readonly store: Store,
    private readonly rest: Rest,
    private readonly options: ChatOptions,
  ) {
    const { id, change, epoch = '' }: Partial<Place> = options.from ?? {};
    Object.assign(this, { id, change });
    this.epoch = epoch;
  }

  /** Finds out whether the history is the one that is known. Resolves when what precedes the feed was delivered. */
  welcome({ last_id, epoch = '' }: ServerFrames['welcome'], signal: AbortSignal): Promise<void> | void {
    const isOther = this.epoch !== '' && epoch !== this.epoch;
    this.epoch = epoch;
    if (this.id === undefined || isOther) {
      if (isOther) this.#reset(0);
      this.change = undefined;
      this.#moveTo(Math.max(0, last_id - (this.options.backlog ?? 0)));
      return this.fill(last_id, signal);
    }
    if (last_id < this.id) this.#reset(last_id);
  }

  deliver(received: Message): void {
    if (received.id !== this.id! + 1) throw new ChatError('PROTOCOL', `${received.id} does not follow ${this.id}`);
    const { type, ...message } = received as ServerFrames['chat_message'];
    this.#moveTo(message.id, [...this.store.snapshot.messages, message].slice(-(this.options.keep ?? 200)));
    this.store.emit('message', message);
  }

  changed({ type, ...message }: ServerFrames['message_changed']): void {
    // Until it is known where the changes begin, `pong` tells.
    if (this.change !== undefined) this.change = message.change_id;
    this.store.set({ messages: this.store.snapshot.messages.map((old) => (old.id === message.id ? message : old)) });
    this.store.emit('change', message);
  }

  async fill(to: number, signal: AbortSignal): Promise<void> {
    while (this.id! < to) {
      const limit = Math.min(PAGE, to - this.id!);
      const path = `/api/messages?view=full&after=${this.id}&limit=${limit}`;
      const { messages } = await this.rest.request<{ messages: Message[] }>(path, { signal });
      signal.throwIfAborted();
      if (!messages.length) throw new ChatError('PROTOCOL', `${to} is not there`);
      for (const message of messages) this.deliver(message);
    }
  }

  #reset(after: number): void {
    this.#moveTo(
      after,
      this.store.snapshot.messages.filter(({ id }) => id <= after),
    );
    this.store.emit('reset', { after });
  }

  #moveTo(id: number, messages: readonly Message[] = this.store.snapshot.messages): void {
    this.id = id;
    this.store.set({ lastId: id, messages });
  }
}
