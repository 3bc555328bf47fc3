import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

const MAC_BYTES = 16;
/** Characters a seal adds in front of a text: the base64url of the code. */
export const SEAL_LENGTH = 22;

/** Authenticates texts (HMAC-SHA-256, truncated) between holders of one key, before anything parses them. */
export class Seal {
  constructor(private readonly key: KeyObject) {}

  close(text: string): string {
    return this.code(text).toString('base64url') + text;
  }

  /** The text behind the seal; undefined if the seal is missing or made with another key. */
  open(sealed: string): string | undefined {
    const text = sealed.slice(SEAL_LENGTH);
    const code = Buffer.from(sealed.slice(0, SEAL_LENGTH), 'base64url');
    return code.length === MAC_BYTES && timingSafeEqual(code, this.code(text)) ? text : undefined;
  }

  private code(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest().subarray(0, MAC_BYTES);
  }
}
