import type { Message } from '../api.js';

/** Maximum messages in memory; those farthest from the reader are evicted, and loaded again when scrolling back. */
export const MAX_HELD = 6_000;

/** A range of messages by id, both ends inclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Owns the messages in memory: a contiguous part of the log. Ids are positions, so that a message's index follows from its id.
 * Must not know where messages come from.
 */
export class MessageLog {
  /** Id of the newest message known to exist, which need not be held. */
  newest = 0;
  private held: Message[] = [];

  get first(): Message | undefined {
    return this.held[0];
  }

  get last(): Message | undefined {
    return this.held.at(-1);
  }

  get size(): number {
    return this.held.length;
  }

  get hasOlder(): boolean {
    return this.held.length > 0 ? this.first!.id > 1 : this.newest > 0;
  }

  /** Whether the newest message is held, so that new ones follow without a gap. */
  get isAtEnd(): boolean {
    return (this.last?.id ?? 0) === this.newest;
  }

  find(id: number): Message | undefined {
    return this.held.length === 0 ? undefined : this.held[id - this.first!.id];
  }

  findLast(is: (message: Message) => boolean): Message | undefined {
    return this.held.findLast(is);
  }

  slice({ from, to }: Range): readonly Message[] {
    if (this.held.length === 0) return [];
    const offset = this.first!.id;
    return this.held.slice(Math.max(0, from - offset), Math.max(0, to - offset + 1));
  }

  /** Adds a new message. Not kept while the end of the log is not held: it is loaded when the reader gets there. */
  append(message: Message): void {
    if (message.id <= this.newest) return;
    const isNext = message.id === this.newest + 1;
    if (this.held.length === 0 || (this.isAtEnd && !isNext)) this.held = [message];
    else if (this.isAtEnd) this.held.push(message);
    this.newest = message.id;
  }

  /** Merges messages in ascending order, which may overlap those held; ones that would leave a gap are ignored. */
  merge(messages: readonly Message[]): void {
    const [first] = messages;
    const last = messages.at(-1);
    if (first === undefined || last === undefined) return;
    this.newest = Math.max(this.newest, last.id);
    if (this.held.length === 0) this.held = [...messages];
    else if (first.id < this.first!.id && last.id >= this.first!.id - 1) {
      const end = this.first!.id;
      this.held = [...messages.filter(({ id }) => id < end), ...this.held];
    } else if (last.id > this.last!.id && first.id <= this.last!.id + 1) {
      const end = this.last!.id;
      this.held.push(...messages.filter(({ id }) => id > end));
    }
  }

  /** Replaces a held message by its new state. */
  replace(message: Message): void {
    if (this.find(message.id) !== undefined) this.held[message.id - this.first!.id] = message;
  }

  /** Evicts messages far from the range. */
  trim({ from, to }: Range): void {
    const excess = this.held.length - MAX_HELD;
    if (excess <= 0) return;
    const isReadAtTheTop = from - this.first!.id < this.last!.id - to;
    this.held = isReadAtTheTop ? this.held.slice(0, MAX_HELD) : this.held.slice(excess);
  }

  /** Drops messages with a greater id: they are void. */
  cut(after: number): void {
    this.held = this.held.filter(({ id }) => id <= after);
    this.newest = Math.min(this.newest, after);
  }

  clear(newest = 0): void {
    this.held = [];
    this.newest = newest;
  }
}
