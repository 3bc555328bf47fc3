import type { AddressBudget } from '../../src/limits/address-budget';
import type { Sink } from '../../src/chat/delivery/subscription';
import type { Encoding } from '../../src/chat/protocol/protocol';

/** One line per message: id and text. */
export const LINES: Encoding & { gap: object } = {
  name: 'lines',
  messages: (batch) => Buffer.from(batch.map(({ id, message }) => `${id} ${message}\n`).join('')),
  changes: (batch) =>
    Buffer.from(batch.map(({ id, changeId, message }) => `change ${changeId} ${id} ${message}\n`).join('')),
  gap: (from, to) => Buffer.from(`gap ${from} ${to}\n`),
};

/** {@link LINES} without a frame for gaps. */
export const LINES_WITHOUT_GAPS: Encoding = {
  name: 'lines without gaps',
  messages: (batch) => LINES.messages(batch),
};

/** An in-memory reader that flushes writes at once, or only on request. */
export class MemorySink implements Sink {
  readonly address: AddressBudget | undefined;
  readonly writes: Buffer[] = [];
  isOpen = true;
  isClosedTooSlow = false;
  unsent = 0;
  flushed = 0;
  private waiting: (() => void)[] = [];

  constructor(
    /** Whether all writes are flushed at once. */
    public isReading = true,
    address?: AddressBudget,
  ) {
    this.address = address;
  }

  get written(): number {
    return this.flushed + this.unsent;
  }

  write(bytes: Buffer): void {
    if (!this.isOpen) return;
    this.writes.push(bytes);
    this.unsent += bytes.length;
    if (this.isReading) this.read();
  }

  drained(): Promise<void> {
    if (this.unsent === 0 || !this.isOpen) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  closeTooSlow(): void {
    this.isClosedTooSlow = true;
    this.close();
  }

  /** Flushes everything unsent. */
  read(): void {
    this.flushed += this.unsent;
    this.unsent = 0;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  close(): void {
    this.isOpen = false;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** All lines written. */
  get lines(): string[] {
    return Buffer.concat(this.writes).toString().split('\n').slice(0, -1);
  }

  /** Ids of all messages written; ids within a gap are negative. */
  get ids(): number[] {
    return this.lines.flatMap((line) => {
      const [first, from, to] = line.split(' ');
      if (first !== 'gap') return [Number(first)];
      return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => -(Number(from) + i));
    });
  }
}
