import type { Memory } from '../memory/storage.js';

/** Owns the name that somebody chose on this site: remembered, and the same in all tabs and elements. */
export class Names {
  constructor(
    private readonly memory: Memory,
    private readonly changed: () => void,
  ) {}

  get chosen(): string {
    return this.memory.get('name');
  }

  choose(name: string): void {
    this.memory.set('name', name.trim());
  }

  /** Hears of the name that is chosen, here or in another tab. Returns what ends it. */
  watch(): () => void {
    return this.memory.watch('name', this.changed);
  }
}
