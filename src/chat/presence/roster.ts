import type { NamesInUse } from '../../access/names-in-use';
import type { CancelTimer, Clock } from '../../platform/lifecycle/clock';
import type { Protocol } from '../protocol/protocol';
import type { Session } from '../sessions/session';
import { PresenceFrames } from './presence-frames';
import { PresenceWindow, WINDOW_MS, type WindowEnd } from './presence-window';

/** Bytes of whole lists sent per window; readers beyond it get theirs in the following ones. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;
/** Between two attempts to tell readers whose backlog was full, in milliseconds. */
const MISSED_RETRY_MS = 1_000;

/**
 * Who is present in the channel: a user is while at least one replica has the name. Tells this replica's readers of joins and
 * leaves, in one write per reader and window, or in front of the next batch. Must not know which replica a user is on.
 */
export class Roster {
  private readonly window: PresenceWindow;
  private cancelTimer: CancelTimer | undefined;
  private timerDueAt = Infinity;
  /** When readers that missed something are told; Infinity: nobody did. */
  private retryAt = Infinity;

  constructor(
    private readonly readers: Iterable<Session>,
    private readonly clock: Clock,
    maxNames: number,
    inUse: NamesInUse,
  ) {
    this.window = new PresenceWindow(maxNames, inUse);
  }

  stop(): void {
    this.cancelTimer?.();
    this.timerDueAt = -Infinity;
  }

  get count(): number {
    return this.window.count;
  }

  /** The names of all who are present, as JSON. */
  get list(): string {
    return this.window.list;
  }

  /** One more replica has these names. @returns those that no replica had before */
  add(names: Iterable<string>): string[] {
    const joined = this.window.add(names, this.clock.monotonic());
    this.schedule();
    return joined;
  }

  /** One replica fewer has these names. `isFinal`: they are not held back in case they return in a moment. */
  remove(names: Iterable<string>, isFinal = false): void {
    this.window.remove(names, this.clock.monotonic(), isFinal);
    this.schedule();
  }

  /** A connection that stays gives this name up: the user was present, however briefly. */
  keep(name: string): void {
    this.window.keep(name);
  }

  /** A user types. @returns whether it is passed on, at most once a second */
  type(username: string, by?: Session): boolean {
    const isPassedOn = this.window.type(username, this.clock.monotonic(), by);
    this.schedule();
    return isPassedOn;
  }

  /** The connection is told of joins and leaves from now on. `own`: it is given the list, which has its own name in it. */
  follow(session: Session, own?: { readonly name: string | undefined }): void {
    session.presencePlace = this.window.place(own);
  }

  /** A batch is about to be delivered: whoever appears with a message has joined before it. */
  beforeBatch(): void {
    if (this.window.isOpen) this.endWindow(true);
  }

  private schedule(): void {
    const dueAt = Math.min(this.window.dueAt, this.retryAt);
    if (dueAt >= this.timerDueAt) return;
    this.cancelTimer?.();
    this.timerDueAt = dueAt;
    this.cancelTimer = this.clock.after(Math.max(0, dueAt - this.clock.monotonic()), () => this.endWindow(false));
  }

  /** @param isBeforeBatch live readers get a batch in this turn, and these frames in the same write */
  private endWindow(isBeforeBatch: boolean): void {
    const now = this.clock.monotonic();
    const retryAfter = this.tellReaders(this.window.end(now), isBeforeBatch);
    this.retryAt = retryAfter === undefined ? Infinity : now + retryAfter;
    this.cancelTimer?.();
    this.timerDueAt = Infinity;
    this.schedule();
  }

  /** @returns milliseconds until readers that missed something are told; undefined where nobody did */
  private tellReaders(end: WindowEnd, isBeforeBatch: boolean): number | undefined {
    const encoded = new Map<Protocol, PresenceFrames>();
    let listBytes = 0;
    let told = 0;
    let retryAfter: number | undefined;
    for (const session of this.readers) {
      const { presencePlace: place, protocol, connection } = session;
      if (place === undefined) continue;
      let frames = encoded.get(protocol);
      if (!frames) encoded.set(protocol, (frames = new PresenceFrames(protocol, end, this.clock.now(), this.window)));
      // Before anything is asked of the socket: with thousands of readers that costs as much as all else here.
      if (frames.areEmpty(place)) continue;
      const isBehind = frames.isBehind(place);
      if (connection.isFull) {
        if (!protocol.tellsEachJoin && !frames.isWaiting(place)) retryAfter ??= MISSED_RETRY_MS;
        continue;
      }
      if (isBehind && listBytes > MAX_LIST_BYTES) {
        retryAfter = WINDOW_MS;
        continue;
      }
      const bytes = frames.for(place, session);
      if (!frames.isWaiting(place)) session.presencePlace = end.to;
      if (isBehind) listBytes += bytes.length;
      if (bytes.length === 0) continue;
      told++;
      if (isBeforeBatch && session.subscription?.isLive) connection.putAhead(bytes);
      else connection.write(bytes);
    }
    if (end.telling === 'count') this.window.countSentTo(told);
    return retryAfter;
  }
}
