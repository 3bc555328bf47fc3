/** The unsent bytes of one reader. */
export interface Backlog {
  readonly unsent: number;
  /** Bytes flushed to the kernel so far; grows only while the reader reads. */
  readonly flushed: number;
  /** Bytes written so far, flushed or not. */
  readonly written: number;
}

/**
 * Finds readers that do not drain their backlog in time: everything unsent at the start of an interval must be flushed by its
 * end. Any progress is not enough: a reader that trickles holds as much memory as one that stalls.
 */
export class BacklogDeadlines<Reader extends Backlog> {
  private intervals = new Map<Reader, { readonly target: number; readonly since: number }>();

  constructor(private readonly timeoutMs: number) {}

  /** Readers past their deadline. To be called often, with all readers: one missing from a call starts anew. */
  late(readers: Iterable<Reader>, nowMs: number): Reader[] {
    const before = this.intervals;
    this.intervals = new Map();
    const late: Reader[] = [];
    for (const reader of readers) {
      if (reader.unsent === 0) continue;
      let interval = before.get(reader);
      if (!interval || reader.flushed >= interval.target) interval = { target: reader.written, since: nowMs };
      if (nowMs - interval.since < this.timeoutMs) this.intervals.set(reader, interval);
      else late.push(reader);
    }
    return late;
  }
}
