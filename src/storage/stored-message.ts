/** A message before it has an id. */
export interface NewMessage {
  readonly username: string;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The sender's name for the message: sent again by the same user, it is the same message. */
  readonly clientId?: string;
  /** What is kept to tell a repeat by (`clientHashOf`): given where a message is copied, null where none was kept. */
  readonly clientHash?: string | null;
}

/** Tells a sender's message from all others; neither part has a NUL in it. */
export function nameOf(username: string, clientId: string): string {
  return `${username}\0${clientId}`;
}

/** A message that is durable. */
export interface StoredMessage extends NewMessage {
  readonly id: number;
}

/** What became of a batch: its new messages have the ids from `firstId` on without a gap; the others, in order, were not stored. */
export interface Appended {
  readonly firstId: number;
  readonly repeats: readonly Repeat[];
  /** The places of those whose `client_id` belongs to a message with another text; undefined where there are none. */
  readonly taken?: readonly number[];
}

/** A message of a batch that is stored already: its place in the batch, and what it is stored under. */
export interface Repeat {
  readonly index: number;
  readonly id: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}
