import type { Message } from '../api.js';
import type { Memory } from './storage.js';

/** Maximum ids remembered; the oldest are evicted first. */
const MAX_IDS = 2_000;

/**
 * Owns the ids of the messages acknowledged to this browser: without authentication, names prove nothing. Each is stored with its
 * time, because a replaced database assigns the same ids again.
 */
export class OwnMessages {
  private readonly times: Map<number, number>;

  constructor(private readonly memory: Memory) {
    this.times = read(memory.get('own'));
  }

  /** Picks up messages sent from other tabs or other elements of the page. Returns a function that stops it. */
  watch(changed: () => void): () => void {
    return this.memory.watch('own', () => {
      this.merge();
      changed();
    });
  }

  add(id: number, time: number): void {
    // Another tab may have added ids meanwhile; without storage, there are only those of this tab.
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
