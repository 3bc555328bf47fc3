/**
 * Why a request was refused, or a connection ended. `code` is for programs: one of the server's (`VALIDATION_ERROR`,
 * `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`, `RATE_LIMITED`, `SERVICE_UNAVAILABLE`, `INTERNAL_ERROR`, …), or the client's own:
 * `NETWORK` (no connection, or one that died), `CLOSE_n` (the server closed it with this code of its protocol), `QUEUE_FULL`,
 * `CLOSED`, `PROTOCOL` (what arrived cannot be complete). `message` is for people.
 */
export class ChatError extends Error {
  declare readonly code: string;
  /** Whether the same request may succeed later. */
  declare readonly retryable: boolean;
  /** Not before this many milliseconds have passed. */
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
