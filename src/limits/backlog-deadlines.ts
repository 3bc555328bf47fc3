/** Bytes that wait for one reader. */
export interface Backlog {
  readonly unsent: number;
  /** Bytes flushed to the reader so far; grows only while it reads. */
  readonly taken: number;
  /** Bytes written to the reader so far. */
  readonly written: number;
}

/**
 * Finds readers that do not empty their backlog in time: everything that waited at the beginning of an interval must be flushed by
 * its end. A reader that takes a little now and then holds as much memory as one that takes nothing.
 */
export class BacklogDeadlines<Reader extends Backlog> {
  private intervals = new Map<Reader, { readonly target: number; readonly since: number }>();

  constructor(private readonly timeoutMs: number) {}

  /** The late ones of all readers, by a monotonic clock; call it often. Readers left out are forgotten. */
  late(readers: Iterable<Reader>, nowMs: number): Reader[] {
    const before = this.intervals;
    this.intervals = new Map();
    const late: Reader[] = [];
    for (const reader of readers) {
      if (reader.unsent === 0) continue;
      let interval = before.get(reader);
      if (!interval || reader.taken >= interval.target) interval = { target: reader.written, since: nowMs };
      if (nowMs - interval.since < this.timeoutMs) this.intervals.set(reader, interval);
      else late.push(reader);
    }
    return late;
  }
}
