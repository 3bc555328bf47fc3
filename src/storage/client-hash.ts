import { hash } from 'node:crypto';
import type { NewMessage } from './stored-message';

/** Characters of the digest that are stored: 132 bits. */
const LENGTH = 22;

/** Digest of idempotency key and original text: tells a repeat from a conflict even after an edit; null without a key. */
export function clientHashOf({ clientId, clientHash, message }: NewMessage): string | null {
  if (clientId == null) return null;
  if (clientHash !== undefined) return clientHash;
  return hash('sha256', `${clientId}\0${message}`, 'base64url').slice(0, LENGTH);
}
