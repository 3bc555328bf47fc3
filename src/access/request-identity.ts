import type { IncomingMessage } from 'node:http';
import { type Identity, NOBODY } from './identity';

const IDENTITIES = new WeakMap<IncomingMessage, Identity>();

/** The sender of the request, set by the guard; NOBODY on public routes, where it does not authenticate. */
export function identityOf(request: IncomingMessage): Identity {
  return IDENTITIES.get(request) ?? NOBODY;
}

export function setIdentity(request: IncomingMessage, identity: Identity): void {
  IDENTITIES.set(request, identity);
}
