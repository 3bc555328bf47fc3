/** The timestamp forms. All are UTC; input is epoch milliseconds. The document's two are to the second. */

/** Stored messages in REST answers: `2024-01-01T12:00:00`. */
export function storedTimestamp(ms: number): string {
  return textOfSecond(ms).slice(0, 19);
}

/** Everything else (health, status, errors, WebSocket frames): `2024-01-01T12:00:00Z`. */
export function wireTimestamp(ms: number): string {
  return textOfSecond(ms);
}

/** What goes beyond the document (RFC 3339, to the millisecond): `2024-01-01T12:00:00.123Z`. */
export function preciseTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}

/** The UTC day, `2024-01-01`; the key of the per-day counters. */
export function utcDay(ms: number): string {
  return textOfSecond(ms).slice(0, 10);
}

/** The last second that was asked for, and its text: nearly all calls are for the same as the one before. */
let lastSecond = NaN;
let lastText = '';

function textOfSecond(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
  }
  return lastText;
}
