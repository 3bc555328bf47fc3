import type { Memory } from '../memory/storage.js';

/** Owns what the reader has not seen: how many messages, and where they begin. */
export class Unread {
  count = 0;
  /** The first message below the divider. It stays until the next ones, so that it can be found again. */
  firstNew: number | undefined;
  private seen: number;

  /** @param changed is told the number of unread messages */
  constructor(
    private readonly memory: Memory,
    private readonly changed: (count: number) => void,
  ) {
    this.seen = Number(memory.get('seen')) || 0;
  }

  /** The chat is there, up to this message: what came since the last visit is new. */
  opened(newest: number): void {
    if (this.seen > 0 && this.seen < newest) this.firstNew = this.seen + 1;
    this.keep(newest);
  }

  /** @param isSeen whether the reader is looking at the end of the chat */
  arrived(id: number, isOwn: boolean, isSeen: boolean): void {
    if (isSeen || isOwn) {
      if (this.count === 0) this.keep(id);
      return;
    }
    if (this.count === 0) this.firstNew = id;
    this.count++;
    this.changed(this.count);
  }

  /** The reader looks at the end of the chat. */
  read(newest: number): void {
    this.keep(newest);
    if (this.count === 0) return;
    this.count = 0;
    this.changed(0);
  }

  /** Whoever answers has read what stands above. */
  answered(): void {
    this.firstNew = undefined;
  }

  private keep(id: number): void {
    if (id === this.seen) return;
    this.seen = id;
    this.memory.set('seen', String(id));
  }
}
