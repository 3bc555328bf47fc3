import type { ChangeOutcome } from './message-change';

/** The outcome of a batch: its new messages have gap-free ids from `firstId` on, in order; the others were not stored. */
export interface Appended {
  readonly firstId: number;
  readonly repeats: readonly Repeat[];
  /** Indexes of messages whose idempotency key belongs to another text; undefined when there are none. */
  readonly taken?: readonly number[];
  /** Outcome of each requested change, in order; undefined if none was requested. */
  readonly changes?: readonly ChangeOutcome[];
}

/** A message of a batch that was stored before. */
export interface Repeat {
  /** Index in the batch. */
  readonly index: number;
  readonly id: number;
  /** Epoch milliseconds of the stored message. */
  readonly createdAt: number;
}
