import type { ChangeRequest } from './message-change';
import type { Appended } from './appended';
import type { NewMessage } from './stored-message';

/** The database refused a write, so nothing of it is stored; or it did not answer, and the outcome is unknown. */
export class WriteRefused extends Error {
  constructor(
    /** For operators. */
    readonly reason: string,
    /** The database's own error code. */
    readonly code: string,
  ) {
    super(`${reason} (${code})`);
  }
}

/**
 * Makes batches durable: one transaction each, ids and rows together or not at all; counters may lag. Accepts one request at a
 * time. Must not know why a batch is written or what happens to it afterwards.
 */
export abstract class MessageWriter {
  /** Resolves when it accepts requests. Rejects with `StartupError`. */
  abstract start(): Promise<void>;

  /** Resolves once the batch and the changes of messages are durable, as one transaction. Rejects with `WriteRefused`. */
  abstract append(batch: readonly NewMessage[], changes?: readonly ChangeRequest[]): Promise<Appended>;

  /** Resolves when the database accepts writes. Rejects with `WriteRefused`. */
  abstract probe(): Promise<void>;

  /** Closes its connections; call it when no append is pending. */
  abstract stop(): Promise<void>;
}
