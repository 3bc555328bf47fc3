import type { Appended, NewMessage } from './stored-message';

/** The database refused a write, or did not answer: nothing of it was stored, or nobody knows. */
export class WriteRefused extends Error {
  constructor(
    /** What is wrong, in words for operators. */
    readonly reason: string,
    /** The database's own code for it. */
    readonly code: string,
  ) {
    super(`${reason} (${code})`);
  }
}

/**
 * Where batches become durable: one transaction each, ids and rows together or not at all; counters may follow. One request at
 * a time. It must not know why a batch is written or what happens to it afterwards.
 */
export abstract class MessageWriter {
  /** Resolves when it takes requests. */
  abstract start(): Promise<void>;

  /** Resolves once the batch is durable. Rejects with `WriteRefused`. */
  abstract append(batch: readonly NewMessage[]): Promise<Appended>;

  /** Resolves when the database takes writes. Rejects with `WriteRefused`. */
  abstract probe(): Promise<void>;

  /** Gives back what it holds; what was appended is settled by then. */
  abstract stop(): Promise<void>;
}
