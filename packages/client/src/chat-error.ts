export interface ChatErrorDetails {
  /** Whether the same request may succeed later. */
  readonly retryable?: boolean | undefined;
  /** Not before this many milliseconds have passed. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Why a request was refused, or a connection ended. `code` is for programs: one of the server's (`VALIDATION_ERROR`,
 * `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND`, `RATE_LIMITED`, `SERVICE_UNAVAILABLE`, `INTERNAL_ERROR`, …), or the client's own:
 * `NETWORK` (no connection, or one that died), `RESTART`, `TOO_MANY_CONNECTIONS`, `REFUSED` (1008), `TOO_LARGE`, `QUEUE_FULL`, `CLOSED`,
 * `PROTOCOL` (what arrived cannot be complete). `message` is for people.
 */
export class ChatError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string = code, { retryable = false, retryAfterMs }: ChatErrorDetails = {}) {
    super(message);
    this.name = 'ChatError';
    this.code = code;
    this.retryable = retryable || retryAfterMs !== undefined;
    this.retryAfterMs = retryAfterMs;
  }
}
