/** Minimum interval between two signs of typing of one user, in milliseconds. */
const INTERVAL_MS = 1_000;
/** Maximum typists per window; more names than that cannot be read. */
const MAX_IN_WINDOW = 10;

export interface Typing {
  readonly username: string;
  /** The reader that sent it and is not told; undefined where it came from another replica. */
  readonly by: object | undefined;
}

/** The users who typed since the last window: few of them, and each at most once a second. */
export class Typists {
  private typing: Typing[] = [];
  /** Milliseconds of the monotonic clock, ascending; entries older than the interval are dropped. */
  private readonly typedAt = new Map<string, number>();

  /** @returns whether readers will be told */
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

  /** The typists since the last call. */
  take(): readonly Typing[] {
    const taken = this.typing;
    if (taken.length > 0) this.typing = [];
    return taken;
  }
}
