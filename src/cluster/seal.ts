import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

const MAC_BYTES = 16;
/** Characters that a seal puts in front of a text: base64url of the code. */
export const SEAL_LENGTH = 22;

/** Signs texts for whoever has the same key, and tells such texts from all others before anything reads them. */
export class Seal {
  constructor(private readonly key: KeyObject) {}

  close(text: string): string {
    return this.code(text).toString('base64url') + text;
  }

  /** The text under the seal; undefined where the seal is none, or another one's. */
  open(sealed: string): string | undefined {
    const text = sealed.slice(SEAL_LENGTH);
    const code = Buffer.from(sealed.slice(0, SEAL_LENGTH), 'base64url');
    return code.length === MAC_BYTES && timingSafeEqual(code, this.code(text)) ? text : undefined;
  }

  private code(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest().subarray(0, MAC_BYTES);
  }
}
