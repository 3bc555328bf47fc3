import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from './random';

/** Ways to break something, by the name of the fault. Each heals what it broke, or sees to it. */
export type Deeds = Readonly<Record<string, () => Promise<void>>>;

/** Breaks something, waits, and goes on; each kind once before any comes again. */
export class Nemesis {
  readonly counts = new Map<string, number>();

  constructor(
    private readonly deeds: Deeds,
    private readonly random: Random,
    private readonly faults: readonly string[],
  ) {}

  /** For this time, and until each kind has been there once; or until there is no sense in going on. */
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
