import type { NamesInUse } from '../../access/names-in-use';
import { NameList } from './name-list';
import { Typists, type Typing } from './typists';

/** Interval at which joins and leaves are sent to readers, in milliseconds. */
export const WINDOW_MS = 100;
/** Delay of a leave in case the user returns (page reload, change of network), in milliseconds. */
export const LEAVE_GRACE_MS = 2_500;
/** Minimum interval between counts, if only the number of users is sent, in milliseconds. */
const COUNT_INTERVAL_MS = 1_000;
/** Maximum counts per millisecond over all readers; beyond it, the interval grows. */
const COUNTS_PER_MS = 2;
/** Share of the limit at which names are sent again. Hysteresis: each switch back sends a whole list to every reader. */
const NAMES_AGAIN = 0.9;
/** Maximum names listed while only the number is sent. */
const MAX_SAMPLE = 1_000;
/** Maximum delayed leaves; beyond it, the oldest are sent early. */
const MAX_LEAVING = 10_000;

/** The changes of one window, for all readers. */
export interface WindowEnd {
  /** Place at the start of the window; a reader at an earlier one missed a window. */
  readonly from: number;
  /** Place of a reader that has received the window. */
  readonly to: number;
  /** Joins in order; index i is new to readers at place `from + i` or earlier. undefined: the user has left again. */
  readonly joined: readonly (string | undefined)[];
  readonly left: readonly string[];
  readonly typing: readonly Typing[];
  /** Update for readers whose protocol does not send every join: the changes, the whole list, the number, or nothing yet. */
  readonly telling: 'names' | 'list' | 'count' | 'nothing';
  /** Place of readers that have received the newest number; one at an earlier place missed it. */
  readonly counted: number;
}

/**
 * The users present in the channel, and the changes not yet sent to readers. Owns the batching of joins and leaves into
 * windows: a join that ends within its window is dropped, and a leave is delayed in case the user returns. Each reader has a
 * place in the sequence of joins: the list it received reflects all joins before. Must not know readers, sockets or timers;
 * `now` is monotonic, in milliseconds.
 */
export class PresenceWindow {
  /** Number of replicas by user; 0 while the leave is delayed. */
  private readonly users = new Map<string, number>();
  /** Time at which a leave is due, by user; ascending except for final ones. */
  private readonly leaving = new Map<string, number>();
  private readonly typists = new Typists();
  private readonly names = new NameList();
  private joined: (string | undefined)[] = [];
  private readonly joinedAt = new Map<string, number>();
  /** Length of the prefix of `joined` that some reader has received in a list: these joins cannot be withdrawn. */
  private shown = 0;
  private start = 0;
  private openedAt: number | undefined;
  private isCounting: boolean;
  private toldCount = -1;
  private counted = 0;
  private countToldAt = -Infinity;
  private countIntervalMs = COUNT_INTERVAL_MS;

  constructor(
    private readonly maxNames: number,
    private readonly inUse: Pick<NamesInUse, 'add' | 'remove'>,
  ) {
    this.isCounting = maxNames === 0;
  }

  /** Number of users, as of the end of the window: a delayed leave does not count yet. */
  get count(): number {
    return this.users.size;
  }

  /** Their names as sorted JSON; at most 1,000 while only the number is sent. Cached until the next change. */
  get list(): string {
    return this.names.json(this.users.keys(), this.isCounting ? Math.min(this.maxNames, MAX_SAMPLE) : Infinity);
  }

  /** Whether there are changes to send, with the next batch or at the end of the window. */
  get isOpen(): boolean {
    return this.openedAt !== undefined;
  }

  /** Time at which `end` is to be called; Infinity: not until the next change. */
  get dueAt(): number {
    const [leaves = Infinity] = this.leaving.values();
    if (this.openedAt !== undefined) return Math.min(this.openedAt, leaves) + WINDOW_MS;
    const counts =
      this.isCounting && this.toldCount !== this.count ? this.countToldAt + this.countIntervalMs : Infinity;
    return Math.min(leaves + WINDOW_MS, counts);
  }

  /** Adds the users of one more replica. @returns those that were on no replica before */
  add(names: Iterable<string>, now: number): string[] {
    const appeared: string[] = [];
    for (const name of names) {
      const replicas = this.users.get(name);
      this.users.set(name, (replicas ?? 0) + 1);
      if (replicas === 0) this.leaving.delete(name);
      if (replicas !== undefined) continue;
      appeared.push(name);
      this.inUse.add(name);
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

  /** Removes the users of one replica. `isFinal`: without delaying their leaves. */
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

  /** Makes a join final: its connection gives up the name but stays open, perhaps with a list that contains it. */
  keep(name: string): void {
    const index = this.joinedAt.get(name);
    if (index !== undefined) this.shown = Math.max(this.shown, index + 1);
  }

  /** Adds a typing indicator. `by`: the reader that sent it. @returns whether it will be sent */
  type(username: string, now: number, by?: object): boolean {
    if (!this.users.has(username) || !this.typists.add(username, now, by)) return false;
    this.openedAt ??= now;
    return true;
  }

  /**
   * The place of a new reader, which receives every later change. `own`: the reader also receives the list, with its own name
   * in it; that join can still be withdrawn.
   */
  place(own?: { readonly name: string | undefined }): number {
    const { length } = this.joined;
    const isOwnLast = length > 0 && this.joined[length - 1] === own?.name;
    if (own) this.shown = Math.max(this.shown, isOwnLast ? length - 1 : length);
    return this.start + length;
  }

  /** Ends the window, and returns its changes; everything in `list` counts as sent. */
  end(now: number): WindowEnd {
    const left = this.takeLeft(now);
    const telling = this.howToTell(now);
    const { joined, start: from } = this;
    this.joined = [];
    this.joinedAt.clear();
    this.shown = 0;
    this.openedAt = undefined;
    if (joined.length + left.length > 0 || telling === 'list') this.start += joined.length + 1;
    if (telling === 'count') this.counted = this.start;
    return { from, to: this.start, joined, left, typing: this.typists.take(), telling, counted: this.counted };
  }

  /** The number of users was sent to this many readers. */
  countSentTo(readers: number): void {
    this.countIntervalMs = Math.max(COUNT_INTERVAL_MS, readers / COUNTS_PER_MS);
  }

  /** Withdraws a join that no reader has received. @returns whether it could */
  private withdraw(name: string): boolean {
    const index = this.joinedAt.get(name);
    if (index === undefined || index < this.shown) return false;
    this.joined[index] = undefined;
    this.joinedAt.delete(name);
    this.users.delete(name);
    this.inUse.remove(name);
    this.names.remove(name);
    return true;
  }

  private takeLeft(now: number): string[] {
    const left: string[] = [];
    for (const [name, until] of this.leaving) {
      if (until > now && this.leaving.size <= MAX_LEAVING) continue;
      this.leaving.delete(name);
      this.users.delete(name);
      this.inUse.remove(name);
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
    if (this.toldCount === this.count || now - this.countToldAt < this.countIntervalMs) return 'nothing';
    this.toldCount = this.count;
    this.countToldAt = now;
    return 'count';
  }
}
