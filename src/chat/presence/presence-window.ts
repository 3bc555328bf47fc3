import { NameList } from './name-list';
import { Typists, type Typing } from './typists';

/** How long joins and leaves are collected before readers are told, in milliseconds. */
export const WINDOW_MS = 100;
/** How long a leave is held back in case the user returns (page reload, change of network), in milliseconds. */
export const LEAVE_GRACE_MS = 2_500;
/** Interval between counts where readers are told only the number of users, in milliseconds. */
const COUNT_INTERVAL_MS = 1_000;
/** Share of the limit below which names are told again: each switch back costs a whole list per reader. */
const NAMES_AGAIN = 0.9;
/** Maximum names listed where readers are told only the number. */
const MAX_SAMPLE = 1_000;
/** Maximum leaves held back; beyond it the oldest are told early. */
const MAX_LEAVING = 10_000;

/** The end of a window, for all readers. */
export interface WindowEnd {
  /** A reader at an earlier place missed a window. */
  readonly from: number;
  /** The place of a reader after it was told. */
  readonly to: number;
  /** Joins in order; the one at index i is new to readers at place `from + i` or earlier. undefined: the user left again. */
  readonly joined: readonly (string | undefined)[];
  readonly left: readonly string[];
  readonly typing: readonly Typing[];
  /** What readers that need not know every name are told: the names above, the whole list, the number, or nothing yet. */
  readonly telling: 'names' | 'list' | 'count' | 'nothing';
}

/**
 * Who is present in the channel, and what readers are still to be told of it. Joins and leaves are collected per window; a join
 * that is over by then is not told, and a leave is held back in case the user returns. Each reader has a place in the order of
 * joins: the list it was given reflects everything before it. Must not know readers, sockets or timers; `now` is monotonic.
 */
export class PresenceWindow {
  /** Number of replicas by user; 0 while a leave is held back. */
  private readonly users = new Map<string, number>();
  /** When a leave is told, by user; ascending except for final ones. */
  private readonly leaving = new Map<string, number>();
  private readonly typists = new Typists();
  private readonly names = new NameList();
  private joined: (string | undefined)[] = [];
  private readonly joinedAt = new Map<string, number>();
  /** Number of `joined` that are in a list some reader was given, so that they cannot be withdrawn. */
  private shown = 0;
  private start = 0;
  private openedAt: number | undefined;
  private isCounting: boolean;
  private toldCount = -1;
  private countToldAt = -Infinity;

  constructor(private readonly maxNames: number) {
    this.isCounting = maxNames === 0;
  }

  /** Users present as readers know it, or are about to: a leave counts once it is told. */
  get count(): number {
    return this.users.size;
  }

  /** Their names as JSON, sorted; where only the number is told, at most 1,000. Made once per change. */
  get list(): string {
    return this.names.json(this.users.keys(), this.isCounting ? Math.min(this.maxNames, MAX_SAMPLE) : Infinity);
  }

  /** Whether something is to be told with the next batch, or at the end of the window. */
  get isOpen(): boolean {
    return this.openedAt !== undefined;
  }

  /** When `end` is to be called. */
  get dueAt(): number {
    const [leaves = Infinity] = this.leaving.values();
    if (this.openedAt !== undefined) return Math.min(this.openedAt, leaves) + WINDOW_MS;
    const counts = this.isCounting && this.toldCount !== this.count ? this.countToldAt + COUNT_INTERVAL_MS : Infinity;
    return Math.min(leaves + WINDOW_MS, counts);
  }

  /** One more replica has these names. @returns those that no replica had before */
  add(names: Iterable<string>, now: number): string[] {
    const appeared: string[] = [];
    for (const name of names) {
      const replicas = this.users.get(name);
      this.users.set(name, (replicas ?? 0) + 1);
      if (replicas === 0) this.leaving.delete(name);
      if (replicas !== undefined) continue;
      appeared.push(name);
      this.joinedAt.set(name, this.joined.push(name) - 1);
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

  /** One replica fewer has these names. `isFinal`: their leave is not held back. */
  remove(names: Iterable<string>, now: number, isFinal = false): void {
    for (const name of names) {
      const replicas = this.users.get(name);
      if (!replicas) continue;
      if (replicas > 1) {
        this.users.set(name, replicas - 1);
        continue;
      }
      if (this.withdraw(name)) continue;
      this.users.set(name, 0);
      this.leaving.set(name, isFinal ? now : now + LEAVE_GRACE_MS);
      if (isFinal || this.leaving.size > MAX_LEAVING) this.openedAt ??= now;
    }
  }

  /** The connection of this name gives it up and stays, perhaps with a list that has it: the join will be told. */
  keep(name: string): void {
    const index = this.joinedAt.get(name);
    if (index !== undefined) this.shown = Math.max(this.shown, index + 1);
  }

  /** A user types. @returns whether readers will be told */
  type(username: string, now: number, by?: object): boolean {
    if (!this.users.has(username) || !this.typists.add(username, now, by)) return false;
    this.openedAt ??= now;
    return true;
  }

  /**
   * The place of a new reader, which is told everything from here on. `own`: it is given the list with its own name in it, and
   * others are told of that name only if the user stays.
   */
  place(own?: { readonly name: string | undefined }): number {
    const { length } = this.joined;
    const isOwnLast = length > 0 && this.joined[length - 1] === own?.name;
    if (own) this.shown = Math.max(this.shown, isOwnLast ? length - 1 : length);
    return this.start + length;
  }

  /** Ends the window: everything in `list` counts as told. */
  end(now: number): WindowEnd {
    const left = this.takeLeft(now);
    const telling = this.howToTell(now);
    const { joined, start: from } = this;
    this.joined = [];
    this.joinedAt.clear();
    this.shown = 0;
    this.openedAt = undefined;
    if (joined.length + left.length > 0 || telling === 'list') this.start += joined.length + 1;
    return { from, to: this.start, joined, left, typing: this.typists.take(), telling };
  }

  /** Withdraws a join that no reader knows of yet. @returns whether it did */
  private withdraw(name: string): boolean {
    const index = this.joinedAt.get(name);
    if (index === undefined || index < this.shown) return false;
    this.joined[index] = undefined;
    this.joinedAt.delete(name);
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
