/** Least time between two attempts while the last one failed, in milliseconds. */
const PAUSE_MS = 100;

/**
 * Limits how a replica tries to connect: while the last attempt failed, one at a time. PostgreSQL starts a process for every
 * attempt, also for one that was given up; many at once, from all replicas, would keep it from answering any. Must not know what
 * the connections are for.
 */
export class ConnectionAttempts {
  private failure: { readonly error: unknown; readonly at: number } | undefined;
  private isRepeating = false;

  /** The clock is monotonic, in milliseconds. */
  constructor(private readonly now = () => performance.now()) {}

  /**
   * Attempts to connect.
   * @throws what the attempt throws; the last failure, without an attempt, while another one is made or was made just now
   */
  async make(connect: () => Promise<unknown>): Promise<void> {
    const { failure } = this;
    if (failure && (this.isRepeating || this.now() < failure.at + PAUSE_MS)) throw failure.error;
    if (failure) this.isRepeating = true;
    try {
      await connect();
      this.failure = undefined;
    } catch (error) {
      this.failure = { error, at: this.now() };
      throw error;
    } finally {
      if (failure) this.isRepeating = false;
    }
  }
}
