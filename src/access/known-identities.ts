import type { Identity } from './identity';

/** Identities that are remembered; each takes about 1 KiB. */
const MAX_IDENTITIES = 20_000;

/** Identities that were proven before, by a digest of the proof; the least recently used is forgotten first. */
export class KnownIdentities {
  private readonly identities = new Map<string, Identity>();
  /** Proofs being checked, so that a thousand connections with one token cost one check. */
  private readonly pending = new Map<string, Promise<Identity>>();

  constructor(private readonly max = MAX_IDENTITIES) {}

  get size(): number {
    return this.identities.size;
  }

  get(proof: string): Identity | undefined {
    const identity = this.identities.get(proof);
    if (!identity) return undefined;
    this.identities.delete(proof);
    this.identities.set(proof, identity);
    return identity;
  }

  delete(proof: string): void {
    this.identities.delete(proof);
  }

  /** The result of a check, which is remembered where it succeeds. A failure is not: its cause may end. */
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

  private remember(proof: string, identity: Identity): void {
    this.identities.set(proof, identity);
    if (this.identities.size <= this.max) return;
    for (const oldest of this.identities.keys()) {
      this.identities.delete(oldest);
      return;
    }
  }
}
