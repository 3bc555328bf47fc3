import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256. */
export function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** Whether two digests are equal, in constant time. */
export function isSame(one: Buffer, other: Buffer): boolean {
  return timingSafeEqual(one, other);
}
