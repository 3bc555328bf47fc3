import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from './random';

/** Faults by name. Each repairs what it broke, or arranges for it. */
export type Deeds = Readonly<Record<string, () => Promise<void>>>;

/** Injects faults one after the other, each kind once before any repeats. */
export class Nemesis {
  readonly counts = new Map<string, number>();

  constructor(
    private readonly deeds: Deeds,
    private readonly random: Random,
    private readonly faults: readonly string[],
  ) {}

  /** Runs for this time and until each kind occurred once, or until the run cannot continue. */
  async rage(milliseconds: number, isHopeless: () => boolean): Promise<void> {
    const end = performance.now() + milliseconds;
    for (let bag: string[] = []; ;) {
      await delay(this.random.whole(200, 800));
      const isOver = performance.now() > end && this.counts.size === this.faults.length;
      if (isOver || isHopeless()) return;
      if (bag.length === 0) bag = this.random.shuffled(this.faults);
      const fault = bag.pop()!;
      this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
      await this.deeds[fault]!();
    }
  }
}
