import type { Dialect } from './dialects';
import { clientFrame, MASK_BYTE, OPCODE } from './frames';

/**
 * Every text begins with a tag, `@@` and twelve digits: the sender (four) and the number of that sender's message (eight).
 * A server always sends the same fields in the same order, so the tag is at the same offset in every frame.
 */
const MARKER = '@@';
const AT_SIGN = 0x40;
const ZERO = 0x30;
const SENDER_DIGITS = 4;
const NUMBER_DIGITS = 8;
const TEXT_LENGTH = 128;

/** One sender's messages as wire bytes; only their numbers differ. */
export class FrameTemplate {
  private readonly frame: Buffer;
  private readonly lastDigit: number;

  constructor(dialect: Dialect, sender: number) {
    const name = digitsOf(sender);
    const text = `${MARKER}${name}${'0'.repeat(NUMBER_DIGITS)}`.padEnd(TEXT_LENGTH, ' lorem ipsum');
    const payload = Buffer.from(dialect.message(userOf(sender), text));
    this.frame = clientFrame(OPCODE.text, payload);
    const tag = this.frame.length - payload.length + payload.indexOf(MARKER);
    this.lastDigit = tag + MARKER.length + SENDER_DIGITS + NUMBER_DIGITS - 1;
  }

  /** Frames of consecutive messages. */
  frames(firstNumber: number, count: number): Buffer {
    const { frame } = this;
    const bytes = Buffer.allocUnsafe(frame.length * count);
    for (let i = 0; i < count; i++) {
      frame.copy(bytes, i * frame.length);
      let rest = firstNumber + i;
      for (let at = i * frame.length + this.lastDigit; rest > 0; at--, rest = Math.floor(rest / 10)) {
        bytes[at] = (ZERO + (rest % 10)) ^ MASK_BYTE;
      }
    }
    return bytes;
  }
}

/** The name of a sender. */
export function userOf(sender: number): string {
  return `bench-${digitsOf(sender)}`;
}

function digitsOf(sender: number): string {
  return String(sender).padStart(SENDER_DIGITS, '0');
}

/** Finds the tags in the frames of one server. */
export class TagFinder {
  private offset = -1;

  /** Offset of the digits, or -1 if the payload is not one of the messages sent here. */
  find(bytes: Buffer, start: number, end: number): number {
    if (this.offset === -1) {
      const at = bytes.indexOf(MARKER, start);
      if (at === -1 || at >= end) return -1;
      this.offset = at - start;
    }
    const at = start + this.offset;
    return at < end && bytes[at] === AT_SIGN && bytes[at + 1] === AT_SIGN ? at + MARKER.length : -1;
  }
}

export function senderOf(bytes: Buffer, tag: number): number {
  return decimal(bytes, tag, SENDER_DIGITS);
}

export function numberOf(bytes: Buffer, tag: number): number {
  return decimal(bytes, tag + SENDER_DIGITS, NUMBER_DIGITS);
}

function decimal(bytes: Buffer, from: number, digits: number): number {
  let value = 0;
  for (let at = from; at < from + digits; at++) value = value * 10 + bytes[at]! - ZERO;
  return value;
}
