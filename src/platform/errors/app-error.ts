import { ERROR_CODES, type ErrorCode } from './error-codes';
import { ERROR_REASONS, type ErrorReason } from './error-table';
import type { Language } from './language';

type Parameters = Readonly<Record<string, string | number>>;

/** An error reported to a client: a row of the error table, and the parameters of its text. */
export class AppError extends Error {
  readonly code: ErrorCode;
  private readonly reason: ErrorReason | undefined;

  constructor(
    what: ErrorCode | ErrorReason,
    private readonly parameters: Parameters = {},
    /** Milliseconds until a retry can succeed, if known. */
    readonly retryAfterMs?: number,
  ) {
    // Without a stack: it is never read, and would cost more than handling the frame.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(what);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'AppError';
    this.reason = what in ERROR_REASONS ? (what as ErrorReason) : undefined;
    this.code = this.reason ? ERROR_REASONS[this.reason].code : (what as ErrorCode);
  }

  get status(): number {
    const row = this.reason && ERROR_REASONS[this.reason];
    return row && 'status' in row ? row.status : ERROR_CODES[this.code].status;
  }

  /** Human-readable: the code's general text, then the detail. */
  text(language: Language): string {
    const row = this.reason ? ERROR_REASONS[this.reason] : ERROR_CODES[this.code];
    return row[language].replace(/\{(\w+)\}/g, (_, name: string) => String(this.parameters[name]));
  }
}
