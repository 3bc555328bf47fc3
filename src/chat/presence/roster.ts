import type { NamesInUse } from '../../access/names-in-use';
import type { CancelTimer, Clock } from '../../platform/lifecycle/clock';
import type { Protocol } from '../protocol/protocol';
import type { Session } from '../sessions/session';
import { PresenceFrames } from './presence-frames';
import { PresenceWindow, WINDOW_MS, type WindowEnd } from './presence-window';

/** Maximum bytes of whole lists sent per window; further readers receive theirs in the following windows. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;
/** Retry interval for readers whose backlog was full, in milliseconds. */
const MISSED_RETRY_MS = 1_000;

/**
 * The users present in the channel, each while at least one replica has the name. Sends joins and leaves to this replica's
 * readers, in one write per reader and window, or ahead of the next batch. Must not know which replica a user is on.
 */
export class Roster {
  private readonly window: PresenceWindow;
  private cancelTimer: CancelTimer | undefined;
  private timerDueAt = Infinity;
  /** Time of the next attempt for readers that missed a window; Infinity: none did. */
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

  /** The names of the users present as sorted JSON; a sample of them beyond the limit. */
  get list(): string {
    return this.window.list;
  }

  /** Adds these names of one more replica. @returns those that no replica had before */
  add(names: Iterable<string>): string[] {
    const joined = this.window.add(names, this.clock.monotonic());
    this.schedule();
    return joined;
  }

  /** Removes these names of one replica. `isFinal`: without delaying their leaves in case the users return. */
  remove(names: Iterable<string>, isFinal = false): void {
    this.window.remove(names, this.clock.monotonic(), isFinal);
    this.schedule();
  }

  /** Makes a join final: an open connection gives up the name, and the user was present, however briefly. */
  keep(name: string): void {
    this.window.keep(name);
  }

  /** Adds a typing indicator. @returns whether it is passed on, at most once a second per user */
  type(username: string, by?: Session): boolean {
    const isPassedOn = this.window.type(username, this.clock.monotonic(), by);
    this.schedule();
    return isPassedOn;
  }

  /** Sends joins and leaves to the session from now on. `own`: the session also receives the list, with its own name in it. */
  follow(session: Session, own?: { readonly name: string | undefined }): void {
    session.presencePlace = this.window.place(own);
  }

  /** Sends pending changes ahead of a batch: the join of a message's author precedes the message. */
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

  /** @returns milliseconds until the next attempt for readers that missed the window; undefined if none did */
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
      // Before the socket is examined: with thousands of readers that costs as much as all else here.
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
