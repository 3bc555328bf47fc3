/**
 * A refused request or an ended connection. `code` is for programs: one of the server's (`VALIDATION_ERROR`, `UNAUTHORIZED`,
 * `FORBIDDEN`, `NOT_FOUND`, `RATE_LIMITED`, `SERVICE_UNAVAILABLE`, `INTERNAL_ERROR`, …), or one of the client's: `NETWORK` (no
 * connection, or a dead one), `CLOSE_n` (closed by the server with close code n), `HTTP_n` (a response without a code),
 * `QUEUE_FULL`, `CLOSED`, `PROTOCOL` (messages are missing from what arrived). `message` is for people.
 */
export class ChatError extends Error {
  declare readonly code: string;
  /** Whether the same request may succeed later. */
  declare readonly retryable: boolean;
  /** Minimum delay before a retry, in milliseconds. */
  declare readonly retryAfterMs: number | undefined;

  constructor(code: string, message?: string, retryAfterMs?: number) {
    super(message || code);
    Object.assign(this, {
      name: 'ChatError',
      code,
      retryAfterMs,
      retryable: !!retryAfterMs || /^(RATE|SERV|INT|NET|QUE|CLOS|HTTP_5)/.test(code),
    });
  }
}
