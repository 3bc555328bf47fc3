import type { Message } from '../api.js';
import type { Memory } from './storage.js';

/** Ids that are remembered; the oldest are forgotten first. */
const MAX_IDS = 2_000;

/**
 * Which messages were sent from this browser, where names prove nothing: those that were acknowledged to it. The time stands beside
 * the id, as ids of another database are assigned anew.
 */
export class OwnMessages {
  private readonly times: Map<number, number>;

  constructor(private readonly memory: Memory) {
    this.times = read(memory.get('own'));
  }

  /** What was sent from another tab, or another element of the page, is one's own, too. Returns what ends it. */
  watch(changed: () => void): () => void {
    return this.memory.watch('own', () => {
      this.merge();
      changed();
    });
  }

  add(id: number, time: number): void {
    // Another tab may have added some meanwhile; where nothing is kept, there are only those of this one.
    this.merge();
    this.times.set(id, time);
    for (const oldest of this.times.keys()) {
      if (this.times.size <= MAX_IDS) break;
      this.times.delete(oldest);
    }
    this.memory.set('own', JSON.stringify([...this.times]));
  }

  private merge(): void {
    for (const [id, time] of read(this.memory.get('own'))) this.times.set(id, time);
  }

  has({ id, time }: Message): boolean {
    return this.times.get(id) === time;
  }
}

function read(text: string): Map<number, number> {
  try {
    return new Map(JSON.parse(text || '[]') as [number, number][]);
  } catch {
    return new Map();
  }
}
