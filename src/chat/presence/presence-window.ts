import { NameList } from './name-list';
import { Typists, type Typing } from './typists';

/** How long what happens is collected before it is told, in milliseconds. */
export const WINDOW_MS = 100;
/** In which who left may come back without a word: a page that is loaded anew, a network that changes. */
export const LEAVE_GRACE_MS = 2_500;
/** Between two counts, where only the number of those present is told. */
const COUNT_INTERVAL_MS = 1_000;
/** Share of the names' limit at which names are told again: the way back and forth is a list for every reader. */
const NAMES_AGAIN = 0.9;
/** Names that are listed where only the number is told. */
const MAX_SAMPLE = 1_000;
/** Users in the grace; beyond it those who left first are told of early. */
const MAX_LEAVING = 10_000;

/** What the readers are told at the end of a window. */
export interface WindowEnd {
  /** A reader at an earlier place has missed something. */
  readonly from: number;
  /** The place of a reader who is told. */
  readonly to: number;
  /** Who came. The one at index i is news to those at the place `from + i` or before it; undefined: gone again. */
  readonly joined: readonly (string | undefined)[];
  readonly left: readonly string[];
  readonly typing: readonly Typing[];
  /** What is told to readers who need not know each name: these names, all of them anew, their number, or nothing yet. */
  readonly telling: 'names' | 'list' | 'count' | 'nothing';
}

/**
 * Who is present in the whole chat, and what the readers are still to be told of it. Joins and leaves are collected; who
 * comes and goes meanwhile is not told of, and a leave is held back in case the user returns. Each reader has a place in
 * the order of joins: the list it was given reflects everything before it. It must not know readers, sockets or timers;
 * `now` is by the monotonic clock.
 */
export class PresenceWindow {
  /** Replicas that have a user; 0 for one who left and may still come back. */
  private readonly users = new Map<string, number>();
  /** When the grace of those who left is over, in this order but for those who get none. */
  private readonly leaving = new Map<string, number>();
  private readonly typists = new Typists();
  private readonly names = new NameList();
  private coming: (string | undefined)[] = [];
  private readonly comingAt = new Map<string, number>();
  /** So many of `coming` are in a list that somebody was given, and cannot be taken back. */
  private shown = 0;
  private start = 0;
  private openedAt: number | undefined;
  private isCounting: boolean;
  private toldCount = -1;
  private countToldAt = -Infinity;

  constructor(private readonly maxNames: number) {
    this.isCounting = maxNames === 0;
  }

  /** Those who are present, as the readers know it or are about to: who left counts until that is told. */
  get count(): number {
    return this.users.size;
  }

  /** Their names as JSON, sorted; where only the number is told, at most a thousand of them. Made once per change. */
  get list(): string {
    return this.names.json(this.users.keys(), this.isCounting ? Math.min(this.maxNames, MAX_SAMPLE) : Infinity);
  }

  /** Whether something happened that is told with the next batch, or when the window ends. */
  get isOpen(): boolean {
    return this.openedAt !== undefined;
  }

  /** When the window is to be ended. */
  get dueAt(): number {
    const [leaves = Infinity] = this.leaving.values();
    if (this.openedAt !== undefined) return Math.min(this.openedAt, leaves) + WINDOW_MS;
    const counts = this.isCounting && this.toldCount !== this.count ? this.countToldAt + COUNT_INTERVAL_MS : Infinity;
    return Math.min(leaves + WINDOW_MS, counts);
  }

  /** One more replica has these names. Those who appear with it, rather than being present already. */
  add(names: Iterable<string>, now: number): string[] {
    const appeared: string[] = [];
    for (const name of names) {
      const replicas = this.users.get(name);
      this.users.set(name, (replicas ?? 0) + 1);
      if (replicas === 0) this.leaving.delete(name);
      if (replicas !== undefined) continue;
      appeared.push(name);
      this.comingAt.set(name, this.coming.push(name) - 1);
      if (!this.isCounting) this.names.add(name);
    }
    if (appeared.length === 0) return appeared;
    this.openedAt ??= now;
    if (!this.isCounting && this.count > this.maxNames) {
      this.isCounting = true;
      this.toldCount = -1;
      this.names.forget();
    }
    return appeared;
  }

  /** One replica fewer has these names. `isSure`: they will not come back within the grace. */
  remove(names: Iterable<string>, now: number, isSure = false): void {
    for (const name of names) {
      const replicas = this.users.get(name);
      if (!replicas) continue;
      if (replicas > 1) {
        this.users.set(name, replicas - 1);
        continue;
      }
      if (this.takeBack(name)) continue;
      this.users.set(name, 0);
      this.leaving.set(name, isSure ? now : now + LEAVE_GRACE_MS);
      if (isSure || this.leaving.size > MAX_LEAVING) this.openedAt ??= now;
    }
  }

  /** Whoever brought this name gives it up and stays, perhaps with a list that has it: that it came will be told. */
  keep(name: string): void {
    const index = this.comingAt.get(name);
    if (index !== undefined) this.shown = Math.max(this.shown, index + 1);
  }

  /** Somebody types. Whether that will be told. */
  type(username: string, now: number, by?: object): boolean {
    if (!this.users.has(username) || !this.typists.add(username, now, by)) return false;
    this.openedAt ??= now;
    return true;
  }

  /**
   * The place of a new reader, to whom everything from here on is news. `own`: it is given the list, with its own name,
   * of which the others are to hear only if it stays.
   */
  place(own?: { readonly name: string | undefined }): number {
    const { length } = this.coming;
    const isOwnLast = length > 0 && this.coming[length - 1] === own?.name;
    if (own) this.shown = Math.max(this.shown, isOwnLast ? length - 1 : length);
    return this.start + length;
  }

  /** Ends the window: from here on everything in `list` is told. */
  end(now: number): WindowEnd {
    const left = this.takeLeft(now);
    const telling = this.howToTell(now);
    const { coming: joined, start: from } = this;
    this.coming = [];
    this.comingAt.clear();
    this.shown = 0;
    this.openedAt = undefined;
    if (joined.length + left.length > 0 || telling === 'list') this.start += joined.length + 1;
    return { from, to: this.start, joined, left, typing: this.typists.take(), telling };
  }

  /** Whether a user left again before anybody could know of the coming. */
  private takeBack(name: string): boolean {
    const index = this.comingAt.get(name);
    if (index === undefined || index < this.shown) return false;
    this.coming[index] = undefined;
    this.comingAt.delete(name);
    this.users.delete(name);
    this.names.remove(name);
    return true;
  }

  private takeLeft(now: number): string[] {
    const left: string[] = [];
    for (const [name, until] of this.leaving) {
      if (until > now && this.leaving.size <= MAX_LEAVING) continue;
      this.leaving.delete(name);
      this.users.delete(name);
      left.push(name);
    }
    if (left.length > 0) this.names.forget();
    return left;
  }

  private howToTell(now: number): WindowEnd['telling'] {
    if (!this.isCounting) return 'names';
    if (this.count <= this.maxNames * NAMES_AGAIN && this.maxNames > 0) {
      this.isCounting = false;
      this.names.forget();
      return 'list';
    }
    if (this.toldCount === this.count || now - this.countToldAt < COUNT_INTERVAL_MS) return 'nothing';
    this.toldCount = this.count;
    this.countToldAt = now;
    return 'count';
  }
}
