/** Minimum interval between two typing indicators of one user, in milliseconds. */
const INTERVAL_MS = 1_000;
/** Maximum typists per window: people cannot read more names. */
const MAX_IN_WINDOW = 10;

/** A typing indicator. */
export interface Typing {
  readonly username: string;
  /** The reader that sent it, and does not receive it; undefined if it came from another replica. */
  readonly by: object | undefined;
}

/** Typing indicators of the current window, limited per user and in number. */
export class Typists {
  private typing: Typing[] = [];
  /** Monotonic milliseconds by user, ascending; entries older than the interval are dropped. */
  private readonly typedAt = new Map<string, number>();

  /** @returns whether it will be sent; else a limit applies */
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

  /** Returns the indicators since the last call, and clears them. */
  take(): readonly Typing[] {
    const { typing } = this;
    if (typing.length > 0) this.typing = [];
    return typing;
  }
}
