/** A message before it has an id. */
export interface NewMessage {
  readonly username: string;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** A message that is durable. */
export interface StoredMessage extends NewMessage {
  readonly id: number;
}
