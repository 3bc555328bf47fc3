/** The two timestamp forms of the API document. Both are UTC, to the second; input is epoch milliseconds. */

/** Stored messages in REST answers: `2024-01-01T12:00:00`. */
export function storedTimestamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

/** Everything else (health, status, errors, WebSocket frames): `2024-01-01T12:00:00Z`. */
export function wireTimestamp(ms: number): string {
  return `${storedTimestamp(ms)}Z`;
}

/** The UTC day, `2024-01-01`; the key of the per-day counters. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
