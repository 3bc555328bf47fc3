import { countBetween, next, type Position } from '../../storage/position';
import type { StoredMessage } from '../../storage/stored-message';

/** The newest messages in memory, without a gap, bounded in number and length of text. */
export class RecentMessages {
  private messages: StoredMessage[] = [];
  /** Index of the oldest message; the dropped ones before it are freed in bulk. */
  private start = 0;
  /** UTF-16 units of text. */
  private length = 0;
  /** UTF-16 units of text dropped but not freed yet. */
  private droppedLength = 0;

  constructor(
    private readonly maxCount: number,
    /** In UTF-16 units. */
    private readonly maxLength: number,
  ) {}

  /** Adds the messages that follow the newest one. */
  push(batch: readonly StoredMessage[]): void {
    for (const message of batch) {
      this.messages.push(message);
      this.length += message.message.length;
    }
    while (this.messages.length - this.start > this.maxCount || this.length > this.maxLength) {
      const { length } = this.messages[this.start++]!.message;
      this.length -= length;
      this.droppedLength += length;
    }
    if (this.start > this.maxCount || this.droppedLength > this.maxLength) {
      this.messages = this.messages.slice(this.start);
      this.start = 0;
      this.droppedLength = 0;
    }
  }

  /** Replaces those of the messages that are in memory. */
  replace(messages: readonly StoredMessage[]): void {
    const oldest = this.messages[this.start]?.id;
    for (const message of messages) {
      if (oldest === undefined || message.id < oldest) continue;
      const index = this.start + countBetween(oldest, message.id);
      const before = this.messages[index];
      if (!before) continue;
      this.messages[index] = message;
      this.length += message.message.length - before.message.length;
    }
  }

  /** The messages with `after` < id ≤ `upTo`; undefined when the oldest of them was dropped. */
  between(after: Position, upTo: Position): StoredMessage[] | undefined {
    const oldest = this.messages[this.start];
    if (!oldest || next(after) < oldest.id) return undefined;
    const from = this.start + countBetween(oldest.id, next(after));
    return this.messages.slice(from, from + countBetween(after, upTo));
  }
}
