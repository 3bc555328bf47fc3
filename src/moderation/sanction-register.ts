/** Whom a mute or ban concerns, and until when. */
export interface Sanctioned {
  readonly username: string;
  /** Whom the name belonged to at the time. */
  readonly authorId: number | null;
  /** Epoch milliseconds; null: until it is lifted. */
  readonly until: number | null;
  /** Monotonic time before which it is not dropped, whatever the system clock says: that may be set back again. */
  readonly keptUntil: number;
}

/**
 * Mutes, or bans, found by name and by author: one of a name that belongs to an author concerns that author under any name.
 * Owns the two indices. Must not know what follows from an entry.
 */
export class SanctionRegister {
  private readonly byName = new Map<string, Sanctioned>();
  private readonly byAuthor = new Map<number, Set<Sanctioned>>();

  get size(): number {
    return this.byName.size;
  }

  /** The entry that ends last of those that concern one of the names, or the author; it may have ended. */
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

  /** The name must not have an entry. */
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
