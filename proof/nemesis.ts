import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from './random';

/** Faults by kind. Each resolves when the fault is repaired, or its repair is scheduled. */
export type Faults = Readonly<Record<string, () => Promise<void>>>;

/** Injects faults one at a time, in random order: each kind once before any repeats. */
export class Nemesis {
  readonly counts = new Map<string, number>();

  constructor(
    private readonly faults: Faults,
    private readonly random: Random,
    private readonly kinds: readonly string[],
  ) {}

  /** Injects faults until the time is over, each kind has occurred and the rest is complete, or the run cannot continue. */
  async rage(milliseconds: number, isComplete: () => boolean, isHopeless: () => boolean): Promise<void> {
    const end = performance.now() + milliseconds;
    for (let bag: string[] = []; ;) {
      await delay(this.random.whole(200, 800));
      const isOver = performance.now() > end && this.counts.size === this.kinds.length && isComplete();
      if (isOver || isHopeless()) return;
      if (bag.length === 0) bag = this.random.shuffled(this.kinds);
      const fault = bag.pop()!;
      this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
      await this.faults[fault]!();
    }
  }
}
