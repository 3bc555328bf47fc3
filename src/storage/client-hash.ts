import { hash } from 'node:crypto';
import type { NewMessage } from './stored-message';

/** Characters of a digest that are kept: 132 bits. */
const LENGTH = 22;

/** Tells whether a text is the one that a `client_id` was given to, also when that text is gone; null without either. */
export function clientHashOf({ clientId, clientHash, message }: NewMessage): string | null {
  if (clientId == null) return null;
  if (clientHash !== undefined) return clientHash;
  return hash('sha256', `${clientId}\0${message}`, 'base64url').slice(0, LENGTH);
}
