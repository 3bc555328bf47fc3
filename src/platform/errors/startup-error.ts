/** The server cannot start; the message alone tells the operator why, and is printed without a stack trace. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
