/**
 * A position in the log. Ids are contiguous from 1 in commit order, so one number is at once
 * - the id of a message,
 * - the number of messages stored up to and including it,
 * - the offset of the page that begins after it, and
 * - the cursor of a reader that has everything up to it (and, for the counters, the last message they cover).
 *
 * Storage maintains this invariant: `message_head.last_id` and the rows change in one transaction, and rows are never removed.
 * Deletion leaves a tombstone; retention would have to record how much it removed, and rooms would need a position each. Such
 * changes begin at the files that rely on the invariant: `messages.service` (offset, total, `before`), `feed/*` and
 * `chat/delivery/replay` (gaps, page sizes), `chat/delivery/subscription` (gap frames), `stats.service` and
 * `stats_totals.messages` (watermark of the counters), `cli/move` (what remains to be copied), and the checks of `proof`, which
 * assert it from outside.
 */
export type Position = number;

/** Before the first message. */
export const ORIGIN: Position = 0;

/** The position of the message that follows. */
export function next(position: Position): Position {
  return position + 1;
}

/** The position before a message. */
export function before(id: Position): Position {
  return id - 1;
}

/** Messages stored up to and including a position. */
export function countUpTo(position: Position): number {
  return position;
}

/** Number of messages after `after`, up to and including `upTo`. */
export function countBetween(after: Position, upTo: Position): number {
  return upTo - after;
}

/** The position after the first `offset` messages. */
export function atOffset(offset: number): Position {
  return offset;
}
