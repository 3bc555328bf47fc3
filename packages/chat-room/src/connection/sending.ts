import type { OutboxEntry, Receipt, Rejection, Snapshot } from '@chat-system/client';
import type { Message } from '../api.js';

/** A message of this user that is not in the log yet. */
export interface Unsent {
  readonly key: string;
  readonly text: string;
  /** The refusal; undefined while the message is in flight. */
  readonly error?: Error;
}

/** Maximum refused messages kept for the author to retry or discard. */
const MAX_REFUSED = 50;

/** Owns the messages of this user between Enter and the log. */
export class Sending {
  /** Acknowledged messages not yet in the log, by id. */
  private readonly accepted = new Map<number, Unsent>();
  private refused: Unsent[] = [];
  private pending: readonly OutboxEntry[] = [];
  /** Texts of recently pending messages, by idempotency key: a receipt carries the key alone. */
  private readonly texts = new Map<string, string>();
  /**
   * Keys of messages in flight that seem to be in the log already, most likely stored before the connection broke. Hidden until
   * the answer arrives, so that the message is not shown twice.
   */
  private readonly doubted = new Set<string>();
  private refusals = 0;

  /** In display order. */
  get all(): readonly Unsent[] {
    const inFlight = this.pending.flatMap((entry) =>
      entry.type === 'chat_message' && !this.doubted.has(entry.client_id)
        ? [{ key: entry.client_id, text: entry.message }]
        : [],
    );
    return [...this.refused, ...this.accepted.values(), ...inFlight];
  }

  /** Whether an edit or a deletion of the message is in flight. */
  isChanging(id: number): boolean {
    return this.pending.some((entry) => entry.type !== 'chat_message' && entry.id === id);
  }

  update({ pending }: Snapshot): void {
    for (const entry of this.pending) {
      if (entry.type === 'chat_message') this.texts.set(entry.client_id, entry.message);
    }
    this.pending = pending;
  }

  /** @param isSeen whether the message is in the log already */
  sent({ clientId, id }: Receipt, isSeen: boolean): void {
    const text = this.texts.get(clientId);
    this.texts.delete(clientId);
    this.doubted.delete(clientId);
    if (!isSeen && text !== undefined) this.accepted.set(id, { key: clientId, text });
  }

  rejected({ entry, error }: Rejection): void {
    this.texts.delete(entry.client_id);
    this.doubted.delete(entry.client_id);
    if (entry.type !== 'chat_message') return;
    this.refuse(entry.message, error, entry.client_id);
  }

  refuse(text: string, error: Error, key = `refused ${++this.refusals}`): void {
    this.refused = [...this.refused, { key, text, error }].slice(-MAX_REFUSED);
  }

  /** The message is in the log now. @param own the user's name, as normalised by the server */
  arrived({ id, username, text }: Message, own: string | null | undefined): void {
    if (this.accepted.delete(id) || username !== own) return;
    const first = this.pending.find(({ client_id: key }) => !this.doubted.has(key));
    if (first?.type === 'chat_message' && first.message === text) this.doubted.add(first.client_id);
  }

  /** The server's history was reset. */
  reset(): void {
    this.accepted.clear();
  }

  /** Removes a refused message and returns it. */
  take(key: string): Unsent | undefined {
    const found = this.refused.find((message) => message.key === key);
    this.refused = this.refused.filter((message) => message !== found);
    return found;
  }
}
