/** Least time between two attempts while the last one failed, in milliseconds. */
const PAUSE_MS = 100;

/**
 * Limits how a replica tries to connect: while the last attempt failed, one at a time. PostgreSQL starts a process for every
 * attempt, also for one that was given up; many at once, from all replicas, would keep it from answering any. Must not know what
 * the connections are for.
 */
export class ConnectionAttempts {
  private failure: { readonly error: unknown; readonly at: number } | undefined;
  /** The one attempt that is made after a failure. */
  private repeat: Promise<void> | undefined;

  /** The clock is monotonic, in milliseconds. */
  constructor(private readonly now = () => performance.now()) {}

  /**
   * Attempts to connect, after the attempt that shows whether that is possible again.
   * @throws what the attempt throws, or that one; just after a failure, the same again without an attempt
   */
  async make(connect: () => Promise<unknown>): Promise<void> {
    if (this.repeat) await this.repeat;
    else if (this.failure) {
      if (this.now() < this.failure.at + PAUSE_MS) throw this.failure.error;
      this.repeat = this.attempt(connect).finally(() => (this.repeat = undefined));
      return this.repeat;
    }
    return this.attempt(connect);
  }

  private async attempt(connect: () => Promise<unknown>): Promise<void> {
    try {
      await connect();
      this.failure = undefined;
    } catch (error) {
      this.failure = { error, at: this.now() };
      throw error;
    }
  }
}
