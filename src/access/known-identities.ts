import type { Identity } from './identity';

/** Maximum cached identities, and bytes of their roles: a token can hold a thousand roles, and a user can get many tokens. */
const MAX_IDENTITIES = 20_000;
const MAX_ROLES_BYTES = 16 * 1024 * 1024;
/** Overhead of a string and its slot in an array, in bytes. */
const BYTES_PER_ROLE = 24;

/**
 * LRU cache of proven identities, keyed by a digest of the proof, in bounded memory.
 */
export class KnownIdentities {
  private readonly identities = new Map<string, Identity>();
  /** Checks in flight, so that a thousand connections with one token cost one check. */
  private readonly pending = new Map<string, Promise<Identity>>();

  private rolesBytes = 0;

  constructor(
    private readonly max = MAX_IDENTITIES,
    private readonly maxRolesBytes = MAX_ROLES_BYTES,
  ) {}

  get size(): number {
    return this.identities.size;
  }

  get(proof: string): Identity | undefined {
    const identity = this.identities.get(proof);
    // Up to half the capacity the LRU order does not matter, and moving the entry is most of the cost.
    if (!identity || !this.isHalfFull) return identity;
    this.identities.delete(proof);
    this.identities.set(proof, identity);
    return identity;
  }

  delete(proof: string): void {
    const identity = this.identities.get(proof);
    if (!identity) return;
    this.identities.delete(proof);
    this.rolesBytes -= bytesOf(identity);
  }

  /** Runs a check, or joins the one in flight, and caches its result. Failures are not cached: their cause may be temporary. */
  check(proof: string, prove: () => Promise<Identity>): Promise<Identity> {
    const pending = this.pending.get(proof);
    if (pending) return pending;
    const check = prove()
      .then((identity) => {
        this.remember(proof, identity);
        return identity;
      })
      .finally(() => this.pending.delete(proof));
    this.pending.set(proof, check);
    return check;
  }

  private get isHalfFull(): boolean {
    return this.identities.size > this.max / 2 || this.rolesBytes > this.maxRolesBytes / 2;
  }

  private remember(proof: string, identity: Identity): void {
    this.delete(proof);
    this.identities.set(proof, identity);
    this.rolesBytes += bytesOf(identity);
    for (const oldest of this.identities.keys()) {
      const isFull = this.identities.size > this.max || this.rolesBytes > this.maxRolesBytes;
      if (!isFull || oldest === proof) return;
      this.delete(oldest);
    }
  }
}

function bytesOf({ roles }: Identity): number {
  return roles.reduce((sum, role) => sum + BYTES_PER_ROLE + role.length, 0);
}
