import type { Clock } from '../platform/lifecycle/clock';

/**
 * Time after which no row with a smaller id than one that was seen can appear, in milliseconds: ids are assigned inside
 * transactions, which end out of order, but last no longer than their statements may.
 */
const SETTLE_MS = 10_000;

/** How far an append-only table has been read whose ids can become visible out of order. Owns which later ones were read already. */
export class SettledIds {
  private position = 0;
  private readonly read = new Set<number>();
  /** The newest id seen at some times, oldest first. */
  private marks: { readonly id: number; readonly at: number }[] = [];

  /** @param settleMs 0 where one process writes the table, and ids become visible in order: nothing is read twice */
  constructor(
    private readonly clock: Clock,
    private readonly settleMs = SETTLE_MS,
  ) {}

  /** Every row up to this id was read, or cannot appear any more; read from here. */
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

  /** A read that began then has taken in all visible rows, when `newest` was the newest id. */
  saw(newest: number, begunAt: number): void {
    if (newest > (this.marks.at(-1)?.id ?? this.position)) this.marks.push({ id: newest, at: this.clock.monotonic() });
    while (this.marks.length > 0 && begunAt - this.marks[0]!.at >= this.settleMs)
      this.position = this.marks.shift()!.id;
    for (const id of this.read) {
      if (id <= this.position) this.read.delete(id);
    }
  }
}
