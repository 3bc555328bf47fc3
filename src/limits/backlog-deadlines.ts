/** What waits for one reader, in bytes. */
export interface Backlog {
  readonly unsent: number;
  /** Of all that was ever written to it, what its side has taken; only grows while it reads. */
  readonly taken: number;
  /** All that was ever written to it. */
  readonly written: number;
}

/**
 * Which readers do not empty their backlog in time: all that waited at the beginning of an interval must be taken by its end.
 * Who takes a little now and then holds memory as long as who takes nothing.
 */
export class BacklogDeadlines<Reader extends Backlog> {
  private intervals = new Map<Reader, { readonly target: number; readonly since: number }>();

  constructor(private readonly patienceMs: number) {}

  /** Those of all readers that are late by a monotonic clock; who is not among the readers is forgotten. To be called often. */
  late(readers: Iterable<Reader>, nowMs: number): Reader[] {
    const before = this.intervals;
    this.intervals = new Map();
    const late: Reader[] = [];
    for (const reader of readers) {
      if (reader.unsent === 0) continue;
      let interval = before.get(reader);
      if (!interval || reader.taken >= interval.target) interval = { target: reader.written, since: nowMs };
      if (nowMs - interval.since < this.patienceMs) this.intervals.set(reader, interval);
      else late.push(reader);
    }
    return late;
  }
}
