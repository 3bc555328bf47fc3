/** A digest of what one reader saw: equal for two readers that saw the same messages in the same order. */
export class Witness {
  count = 0;
  hash = 0;

  /** `tag` is the offset of the twelve digits that identify a message. */
  add(bytes: Buffer, tag: number): void {
    this.count++;
    this.hash = mix(mix(mix(this.hash, word(bytes, tag)), word(bytes, tag + 4)), word(bytes, tag + 8));
  }
}

/** The received messages of one sender, by their numbers from 0. */
export class Seen {
  /** Messages that arrived before an earlier one. */
  overtaken = 0;
  isTwice = false;
  private next = 0;
  private readonly ahead = new Set<number>();

  add(number: number): void {
    if (number < this.next || this.ahead.has(number)) this.isTwice = true;
    if (number !== this.next) {
      this.overtaken++;
      this.ahead.add(number);
      return;
    }
    do this.next++;
    while (this.ahead.delete(this.next));
  }
}

/** A step of FNV-1a, over words instead of bytes. */
function mix(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}

function word(bytes: Buffer, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
