import { ChatError } from './chat-error.js';
import type { ServerFrames } from './frames.js';
import type { Rest } from './rest.js';
import type { Store } from './store.js';
import type { ChatOptions, Message, Place } from './types.js';

/** A page of at most 1,000 messages after an id, in their current state. */
export const page = async (
  { request }: Pick<Rest, 'request'>,
  after: number,
  limit: number,
  signal?: AbortSignal,
): Promise<Message[]> => {
  const path = `/api/messages?view=full&after=${after}&limit=${Math.min(1_000, limit)}`;
  return (await request<{ messages: Message[] }>(path, { signal: signal! })).messages;
};

export interface Feed {
  readonly place: { -readonly [Key in keyof Place]?: Place[Key] | undefined };
  /** Detects a replaced or truncated history. Resolves once the messages that precede the live feed are delivered. */
  welcome(frame: ServerFrames['welcome'], signal: AbortSignal): Promise<void> | undefined;
  deliver(message: Message): void;
  changed(frame: ServerFrames['message_changed']): void;
  fill(to: number, signal: AbortSignal): Promise<void>;
}

/** Owns the position in the history: delivers each message once and in order, and fills gaps. Must not know connections. */
export function createFeed(store: Store, rest: Rest, { from, backlog = 0, keep = 200 }: ChatOptions): Feed {
  const place: Feed['place'] = { ...from };

  const moveTo = (id: number, messages = store.get().messages): void => {
    place.id = id;
    store.set({ lastId: id, messages });
  };

  const deliver = (received: Message): void => {
    const { type, ...message } = received as ServerFrames['chat_message'];
    const { id } = message;
    if (id !== place.id! + 1) throw new ChatError('PROTOCOL');
    moveTo(id, [...store.get().messages, message].slice(-keep || Infinity));
    store.emit('message', message);
  };

  const fill = async (to: number, signal: AbortSignal): Promise<void> => {
    while (place.id! < to) {
      const messages = await page(rest, place.id!, to - place.id!, signal);
      signal.throwIfAborted();
      if (!messages.length) throw new ChatError('PROTOCOL');
      messages.forEach(deliver);
    }
  };

  return {
    place,
    deliver,
    fill,

    welcome({ last_id: lastId, epoch }, signal) {
      const isOther = place.epoch && epoch !== place.epoch;
      const isNew = place.id === undefined || isOther;
      place.epoch = epoch;
      if (isNew) place.change = undefined;
      if (isOther || lastId < place.id!) {
        const after = isOther ? 0 : lastId;
        moveTo(
          lastId,
          store.get().messages.filter(({ id }) => id <= after),
        );
        store.emit('reset', { after });
      }
      if (!isNew) return;
      moveTo(Math.max(0, lastId - backlog));
      return fill(lastId, signal);
    },

    changed({ type, ...message }) {
      // Undefined until a `pong` or `replayed` provides the baseline.
      if (place.change !== undefined) place.change = message.change_id;
      store.set({
        messages: store
          .get()
          .messages.map((old) => (old.id === message.id && !(old.change_id! > message.change_id) ? message : old)),
      });
      store.emit('change', message);
    },
  };
}
