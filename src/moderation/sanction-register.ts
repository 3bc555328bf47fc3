/** Target and end of a mute or ban. */
export interface Sanctioned {
  readonly username: string;
  /** Owner of the name when the sanction was made. */
  readonly authorId: number | null;
  /** Epoch milliseconds; null: until it is lifted. */
  readonly until: number | null;
  /** Monotonic time until which the entry is kept even if the system clock says it has expired: the clock may be set back. */
  readonly keptUntil: number;
}

/**
 * Mutes, or bans, indexed by name and by author: a sanction on an author's name applies to that author under any name. Owns the
 * two indices. Must not know the effect of an entry.
 */
export class SanctionRegister {
  private readonly byName = new Map<string, Sanctioned>();
  private readonly byAuthor = new Map<number, Set<Sanctioned>>();

  get size(): number {
    return this.byName.size;
  }

  /** The entry for any of the names or the author that expires last; it may have expired already. */
  find(usernames: readonly (string | undefined)[], authorId: number | undefined): Sanctioned | undefined {
    let found: Sanctioned | undefined;
    const consider = (one: Sanctioned | undefined) => {
      if (one && (!found || endOf(one) > endOf(found))) found = one;
    };
    for (const username of usernames) {
      if (username !== undefined) consider(this.byName.get(username));
    }
    const ofAuthor = authorId === undefined ? undefined : this.byAuthor.get(authorId);
    for (const one of ofAuthor ?? []) consider(one);
    return found;
  }

  /** Precondition: the name has no entry. */
  add(one: Sanctioned): void {
    this.byName.set(one.username, one);
    if (one.authorId === null) return;
    const ofAuthor = this.byAuthor.get(one.authorId);
    if (ofAuthor) ofAuthor.add(one);
    else this.byAuthor.set(one.authorId, new Set([one]));
  }

  remove(username: string): void {
    const one = this.byName.get(username);
    if (!one) return;
    this.byName.delete(username);
    if (one.authorId === null) return;
    const ofAuthor = this.byAuthor.get(one.authorId)!;
    ofAuthor.delete(one);
    if (ofAuthor.size === 0) this.byAuthor.delete(one.authorId);
  }

  dropExpired(now: number, monotonic: number): void {
    for (const one of this.byName.values()) {
      if (endOf(one) <= now && one.keptUntil <= monotonic) this.remove(one.username);
    }
  }
}

function endOf({ until }: Sanctioned): number {
  return until ?? Infinity;
}
