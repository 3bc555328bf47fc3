import type { Range } from './message-log.js';

/** Usual number of messages in the document: enough for several screens, few enough to lay out at once. */
export const WINDOW_SIZE = 150;
/** Messages by which the window moves when a reader comes near its end. */
export const STEP = 50;

/** The window with the newest messages. */
export function atEnd(newest: number, size = WINDOW_SIZE): Range {
  return { from: Math.max(1, newest - size + 1), to: newest };
}

/** The window moved towards older messages, as far as `first`. */
export function older({ from, to }: Range, first: number, size = WINDOW_SIZE): Range {
  const begin = Math.max(first, from - STEP);
  return { from: begin, to: Math.min(to, begin + size - 1) };
}

/** The window moved towards newer messages, as far as `last`. */
export function newer({ from, to }: Range, last: number, size = WINDOW_SIZE): Range {
  const end = Math.min(last, to + STEP);
  return { from: Math.max(from, end - size + 1), to: end };
}
