import type { Memory } from '../memory/storage.js';

/** Owns the unread messages: their number, and the first one. */
export class Unread {
  count = 0;
  /** The first message below the divider, which stays until the next unread ones, so that the reader can find it again. */
  firstNew: number | undefined;
  private seen: number;

  /** @param changed called with the number of unread messages */
  constructor(
    private readonly memory: Memory,
    private readonly changed: (count: number) => void,
  ) {
    this.seen = Number(memory.get('seen')) || 0;
  }

  /** The chat has loaded up to this message: everything since the last visit is new. */
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

  /** A user who answers has read the messages above. */
  answered(): void {
    this.firstNew = undefined;
  }

  private keep(id: number): void {
    if (id === this.seen) return;
    this.seen = id;
    this.memory.set('seen', String(id));
  }
}
