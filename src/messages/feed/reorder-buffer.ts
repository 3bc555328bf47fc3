import type { StoredMessage } from '../../storage/stored-message';

/** Messages that are known before those that precede them, bounded in number and length of text; more are not kept. */
export class ReorderBuffer {
  private readonly messages = new Map<number, StoredMessage>();
  private length = 0;

  constructor(
    private readonly maxCount: number,
    /** In UTF-16 units. */
    private readonly maxLength: number,
  ) {}

  get isEmpty(): boolean {
    return this.messages.size === 0;
  }

  put(batch: readonly StoredMessage[]): void {
    for (const message of batch) {
      if (this.messages.size >= this.maxCount || this.length >= this.maxLength) return;
      if (this.messages.has(message.id)) continue;
      this.messages.set(message.id, message);
      this.length += message.message.length;
    }
  }

  /** Takes out those that follow `after` without a hole; what is not after it is forgotten. */
  takeAfter(after: number): StoredMessage[] {
    for (const message of this.messages.values()) if (message.id <= after) this.remove(message);
    const taken: StoredMessage[] = [];
    for (let next = this.messages.get(after + 1); next; next = this.messages.get(next.id + 1)) {
      taken.push(next);
      this.remove(next);
    }
    return taken;
  }

  clear(): void {
    this.messages.clear();
    this.length = 0;
  }

  private remove(message: StoredMessage): void {
    this.messages.delete(message.id);
    this.length -= message.message.length;
  }
}
