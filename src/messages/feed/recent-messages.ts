import type { StoredMessage } from '../../storage/stored-message';

/** The newest messages in memory, without a hole, bounded in number and length of text. */
export class RecentMessages {
  private messages: StoredMessage[] = [];
  /** Where the oldest one is; what lies before it is dropped in bulk now and then. */
  private start = 0;
  private length = 0;
  /** Text of what is dropped but still here. */
  private droppedLength = 0;

  constructor(
    private readonly maxCount: number,
    /** In UTF-16 units. */
    private readonly maxLength: number,
  ) {}

  /** Takes the messages that follow the newest one. */
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

  /** The messages with `after` < id ≤ `upTo`, or nothing when the oldest of them is no longer here. */
  between(after: number, upTo: number): StoredMessage[] | undefined {
    const oldest = this.messages[this.start];
    if (!oldest || after + 1 < oldest.id) return undefined;
    const from = this.start + after + 1 - oldest.id;
    return this.messages.slice(from, from + upTo - after);
  }
}
