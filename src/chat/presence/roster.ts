import { Injectable, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Clock } from '../../platform/lifecycle/clock';
import { Settings } from '../../settings/settings';
import type { Connection } from '../sessions/connection';
import { Connections } from '../sessions/connections';
import { Hub } from '../delivery/hub';
import { PresenceFrames } from './presence-frames';
import { PresenceWindow, WINDOW_MS, type WindowEnd } from './presence-window';
import type { Protocol } from '../protocol/protocol';

/** Bytes of whole lists in one window; readers beyond it get theirs in the next ones. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;
/** When it is looked again for readers who missed something because they were too full, in milliseconds. */
const MISSED_RETRY_MS = 1_000;

/**
 * Who is present in the whole chat: a user is, as long as at least one replica has the name. Tells this replica's
 * connections who comes and goes, in one write for each and a window of time, or in front of the next batch; it must
 * not know which replica said so.
 */
@Injectable()
export class Roster implements OnModuleInit, OnApplicationShutdown {
  private readonly window: PresenceWindow;
  private timer: NodeJS.Timeout | undefined;
  private timerDueAt = Infinity;
  /** When readers who missed something are looked for; Infinity: there is none. */
  private retryAt = Infinity;

  constructor(
    private readonly connections: Connections,
    private readonly hub: Hub,
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.window = new PresenceWindow(settings.MAX_PRESENT_NAMES);
  }

  onModuleInit(): void {
    this.hub.beforeBatch(() => {
      if (this.window.isOpen) this.tell(true);
    });
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.timerDueAt = -Infinity;
  }

  get count(): number {
    return this.window.count;
  }

  /** Who is present, as JSON. */
  get list(): string {
    return this.window.list;
  }

  /** One more replica has these names. Those who appear with it, rather than being present already. */
  add(names: Iterable<string>): string[] {
    const appeared = this.window.add(names, this.clock.monotonic());
    this.schedule();
    return appeared;
  }

  /** One replica fewer has these names. `isSure`: they will not come back in a moment. */
  remove(names: Iterable<string>, isSure = false): void {
    this.window.remove(names, this.clock.monotonic(), isSure);
    this.schedule();
  }

  /** A connection gives this name up and stays: it was there, if only for a moment. */
  keep(name: string): void {
    this.window.keep(name);
  }

  /** Tells the others that a user is typing, at most once a second. Whether it does. */
  type(username: string, by?: Connection): boolean {
    const isTold = this.window.type(username, this.clock.monotonic(), by);
    this.schedule();
    return isTold;
  }

  /** From now on the connection is told who comes and goes. `own`: it is being given the list, its own name in it. */
  follow(connection: Connection, own?: { readonly name: string | undefined }): void {
    connection.presencePlace = this.window.place(own);
  }

  private schedule(): void {
    const dueAt = Math.min(this.window.dueAt, this.retryAt);
    if (dueAt >= this.timerDueAt) return;
    clearTimeout(this.timer);
    this.timerDueAt = dueAt;
    this.timer = setTimeout(() => this.tell(false), Math.max(0, dueAt - this.clock.monotonic())).unref();
  }

  /** Ends the window. `isBeforeBatch`: those who are live get a batch in this turn, and what they are told with it. */
  private tell(isBeforeBatch: boolean): void {
    const now = this.clock.monotonic();
    const end = this.window.end(now);
    const missed = this.tellReaders(end, isBeforeBatch);
    this.retryAt = missed === undefined ? Infinity : now + missed;
    clearTimeout(this.timer);
    this.timerDueAt = Infinity;
    this.schedule();
  }

  /** @returns after how long those who missed something are to be told; undefined where there is nobody */
  private tellReaders(end: WindowEnd, isBeforeBatch: boolean): number | undefined {
    const encoded = new Map<Protocol, PresenceFrames>();
    let listBytes = 0;
    let retryAfter: number | undefined;
    for (const connection of this.connections) {
      const { presencePlace: place, protocol } = connection;
      if (place === undefined) continue;
      let frames = encoded.get(protocol);
      if (!frames) encoded.set(protocol, (frames = new PresenceFrames(protocol, end, this.clock.now(), this.window)));
      const isBehind = frames.isBehind(place);
      if (connection.isFull) {
        if (!protocol.tellsEachJoin) retryAfter ??= MISSED_RETRY_MS;
        continue;
      }
      if (isBehind && listBytes > MAX_LIST_BYTES) {
        retryAfter = WINDOW_MS;
        continue;
      }
      const bytes = frames.for(place, connection);
      if (!frames.isWaiting) connection.presencePlace = end.to;
      if (isBehind) listBytes += bytes.length;
      if (bytes.length === 0) continue;
      if (isBeforeBatch && connection.subscription?.isLive) connection.putAhead(bytes);
      else connection.write(bytes);
    }
    return retryAfter;
  }
}
