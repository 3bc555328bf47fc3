import type { Clock } from '../platform/lifecycle/clock';

/**
 * Time after which no row with a smaller id than one already seen can appear, in milliseconds: ids are assigned inside
 * transactions, which commit out of order but are bounded by their statement timeouts.
 */
const SETTLE_MS = 10_000;

/** Read watermark of an append-only table whose ids can become visible out of order. Owns the set of ids read above it. */
export class SettledIds {
  private position = 0;
  private readonly read = new Set<number>();
  /** Newest ids, each with the time at which it was first seen, oldest first. */
  private marks: { readonly id: number; readonly at: number }[] = [];

  /** @param settleMs 0 where a single process writes the table: ids become visible in order, and none is read twice */
  constructor(
    private readonly clock: Clock,
    private readonly settleMs = SETTLE_MS,
  ) {}

  /** The watermark: every row up to this id was read, or can no longer appear. Reads start after it. */
  get upTo(): number {
    return this.position;
  }

  begin(position: number): void {
    this.position = position;
  }

  has(id: number): boolean {
    return this.read.has(id);
  }

  add(id: number): void {
    this.read.add(id);
  }

  /** Records that a read started at `startedAt` covered all visible rows. @param newest the newest id when it began */
  saw(newest: number, startedAt: number): void {
    if (newest > (this.marks.at(-1)?.id ?? this.position)) this.marks.push({ id: newest, at: this.clock.monotonic() });
    while (this.marks.length > 0 && startedAt - this.marks[0]!.at >= this.settleMs)
      this.position = this.marks.shift()!.id;
    for (const id of this.read) {
      if (id <= this.position) this.read.delete(id);
    }
  }
}
