import { next, type Position } from '../../storage/position';

/** A message, or a change of one. */
export interface Sequenced {
  readonly id: Position;
  readonly message: string;
}

/** Messages that arrived ahead of their predecessors, bounded in number and length of text; further ones are dropped. */
export class ReorderBuffer<Item extends Sequenced> {
  private readonly messages = new Map<number, Item>();
  /** UTF-16 units of text. */
  private length = 0;

  constructor(
    private readonly maxCount: number,
    /** In UTF-16 units. */
    private readonly maxLength: number,
  ) {}

  get isEmpty(): boolean {
    return this.messages.size === 0;
  }

  put(batch: readonly Item[]): void {
    for (const message of batch) {
      if (this.messages.size >= this.maxCount || this.length >= this.maxLength) return;
      if (this.messages.has(message.id)) continue;
      this.messages.set(message.id, message);
      this.length += message.message.length;
    }
  }

  /** Removes and returns the messages that follow `after` without a gap; messages up to `after` are dropped. */
  takeAfter(after: Position): Item[] {
    for (const message of this.messages.values()) if (message.id <= after) this.remove(message);
    const taken: Item[] = [];
    let following = this.messages.get(next(after));
    for (; following; following = this.messages.get(next(following.id))) {
      taken.push(following);
      this.remove(following);
    }
    return taken;
  }

  clear(): void {
    this.messages.clear();
    this.length = 0;
  }

  private remove(message: Item): void {
    this.messages.delete(message.id);
    this.length -= message.message.length;
  }
}
