/** The server cannot start. The message is for the operator, and printed without a stack trace. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
