/** Timestamp formats, all in UTC, of epoch milliseconds. The two that the API document defines have seconds precision. */

/** For stored messages in REST answers: `2024-01-01T12:00:00`. */
export function storedTimestamp(ms: number): string {
  return textOfSecond(ms).slice(0, 19);
}

/** For health, status, errors and WebSocket frames: `2024-01-01T12:00:00Z`. */
export function wireTimestamp(ms: number): string {
  return textOfSecond(ms);
}

/** For additions to the API document (RFC 3339, to the millisecond): `2024-01-01T12:00:00.123Z`. */
export function preciseTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}

/** The UTC day, `2024-01-01`: the key of the daily counters. */
export function utcDay(ms: number): string {
  return textOfSecond(ms).slice(0, 10);
}

/** Cache of the last second: nearly every call is for the same second as the previous one. */
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
