/** Minimum time between two attempts after a failure, in milliseconds. */
const PAUSE_MS = 100;

/**
 * Throttles a replica's connection attempts: one at a time after a failure. PostgreSQL starts a process for every attempt, even
 * for an abandoned one; many at once, from all replicas, would keep it from answering any. Must not know what the connections
 * are for.
 */
export class ConnectionAttempts {
  private failure: { readonly error: unknown; readonly at: number } | undefined;
  /** The single attempt in flight after a failure. */
  private repeat: Promise<void> | undefined;

  /** @param now monotonic clock, in milliseconds */
  constructor(private readonly now = () => performance.now()) {}

  /**
   * Attempts to connect; after a failure, waits for the single attempt in flight first.
   * @throws the error of this attempt, or of the one waited for; within PAUSE_MS of a failure, the same error without an attempt
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
