/** How often a user's typing is passed on, at most, in milliseconds. */
const INTERVAL_MS = 1_000;
/** Of one window; of more nobody could read the names. */
const MAX_IN_WINDOW = 10;

export interface Typing {
  readonly username: string;
  /** The reader who need not be told; undefined where the sign came from another replica. */
  readonly by: object | undefined;
}

/** Who is typing, until the readers are told: few at a time, and each once a second. */
export class Typists {
  private typing: Typing[] = [];
  /** By the monotonic clock, in this order; no longer than the interval. */
  private readonly typedAt = new Map<string, number>();

  /** Whether it will be told. */
  add(username: string, now: number, by: object | undefined): boolean {
    for (const [name, at] of this.typedAt) {
      if (now - at < INTERVAL_MS) break;
      this.typedAt.delete(name);
    }
    if (this.typing.length >= MAX_IN_WINDOW || this.typedAt.has(username)) return false;
    this.typedAt.set(username, now);
    this.typing.push({ username, by });
    return true;
  }

  /** Those who are to be told now, once. */
  take(): readonly Typing[] {
    const taken = this.typing;
    if (taken.length > 0) this.typing = [];
    return taken;
  }
}
