import type { IncomingMessage } from 'node:http';
import { type Identity, NOBODY } from './identity';

const IDENTITIES = new WeakMap<IncomingMessage, Identity>();

/** Who sent the request, as the guard has found; on a public route, where it does not ask, nobody. */
export function identityOf(request: IncomingMessage): Identity {
  return IDENTITIES.get(request) ?? NOBODY;
}

export function setIdentity(request: IncomingMessage, identity: Identity): void {
  IDENTITIES.set(request, identity);
}
