import type { Memory } from '../memory/storage.js';

/** Owns the name chosen by the user on this site: remembered, and shared by all tabs and elements. */
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

  /** Watches for a name chosen here or in another tab. Returns a function that stops it. */
  watch(): () => void {
    return this.memory.watch('name', this.changed);
  }
}
