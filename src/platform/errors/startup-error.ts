/** The server cannot start, and its message alone tells the operator why: no stack trace is wanted. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
