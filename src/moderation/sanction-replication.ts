import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Access } from '../access/access';
import { ClusterBus } from '../cluster/cluster-bus';
import { type CancelTimer, Clock } from '../platform/lifecycle/clock';
import { OutageLog } from '../platform/logging/outage-log';
import { SampledLog } from '../platform/logging/sampled-log';
import { Metrics } from '../platform/metrics/metrics';
import type { ModerationLogEntry } from '../storage/entities/moderation.entity';
import { Storage } from '../storage/storage';
import { type ModerationAction, SanctionStore } from './sanction-store';
import { Sanctions } from './sanctions';
import { SettledIds } from './settled-ids';

/** Topic on which a replica hints at a new row of the log. */
const MODERATION_CHANGED = 'moderation.changed';

/** Interval of polling the log, in milliseconds: a ban takes effect within two seconds even while the bus is down. */
const POLL_MS = 1_000;
/** Rows of the log per read. */
const PAGE = 500;
/** Newest ids of the log that are re-read after the start: a transaction in flight may commit a row with an id below theirs. */
const OVERLAP = 1_000;

/** Actions that every replica has to apply. */
const FOLLOWED = ['mute', 'unmute', 'ban', 'unban', 'disconnect'] as const satisfies readonly ModerationAction[];

/** A user whose connections must be closed. */
export interface Expelled {
  readonly cause: 'ban' | 'disconnect';
  readonly username: string;
  readonly authorId: number | undefined;
}

/**
 * Keeps each replica's mutes and bans in memory in step with the database, by following the moderation log. A bus message is a
 * hint to poll at once. While the database is down, the last known state stays in force.
 */
@Injectable()
export class SanctionReplication implements OnModuleInit, OnModuleDestroy {
  private readonly outage = new OutageLog(new Logger('Moderation'));
  private readonly faults: SampledLog;
  private readonly listeners: ((expelled: Expelled) => void)[] = [];
  private readonly settled: SettledIds;
  private cancelPoll: CancelTimer | undefined;
  private cancelRetry: CancelTimer | undefined;
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly access: Access,
    private readonly sanctions: Sanctions,
    private readonly store: SanctionStore,
    private readonly storage: Storage,
    private readonly bus: ClusterBus,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.settled = bus.isShared ? new SettledIds(clock) : new SettledIds(clock, 0);
    this.faults = new SampledLog(new Logger('Moderation'), clock);
  }

  async onModuleInit(): Promise<void> {
    if (!this.access.hasChanges) return;
    await this.storage.retryUntilAvailable(() => this.load());
    // The payload is ignored, so it need not be trusted: the log is read from the database.
    this.bus.subscribe(MODERATION_CHANGED, (_payload, from) => {
      if (from !== undefined) void this.catchUp();
    });
    if (!this.bus.isShared) return;
    this.bus.onReturn(() => void this.catchUp());
    this.bus.onMeeting(() => void this.catchUp());
    this.cancelPoll = this.clock.every(POLL_MS, () => void this.catchUp());
  }

  onModuleDestroy(): void {
    this.isStopped = true;
    this.cancelPoll?.();
    this.cancelRetry?.();
  }

  /** Calls the listener, synchronously, for each user who is banned or disconnected from now on. */
  onExpelled(listener: (expelled: Expelled) => void): void {
    this.listeners.push(listener);
  }

  /** To be called after a row was added to the log: broadcasts a hint to the other replicas, and catches up on this one. */
  async broadcast(): Promise<void> {
    this.bus.publish(MODERATION_CHANGED, {});
    await this.catchUp();
  }

  /** Resolves when all rows logged before the call are in force on this replica, or the read has failed. */
  catchUp(): Promise<void> {
    if (!this.running) return (this.running = this.run());
    // A run in progress may have read the log already; further calls share the next one.
    return (this.next ??= this.running.then(() => {
      this.next = undefined;
      return (this.running ??= this.run());
    }));
  }

  private async load(): Promise<void> {
    const newest = await this.store.newestId();
    this.settled.begin(Math.max(0, newest - OVERLAP));
    // Entries up to now take effect through the sanctions loaded next. Applied again later, they would close today's connections.
    for await (const entries of this.unsettled()) for (const { id } of entries) this.settled.add(id);
    await this.store.all((rows) => this.sanctions.load(rows));
  }

  private async run(): Promise<void> {
    this.cancelRetry?.();
    try {
      await this.read();
      this.outage.recovered('mutes and bans can be read again');
    } catch (error) {
      this.metrics.faults.inc({ where: 'moderation' });
      const reason = this.storage.describeFailure(error) ?? String(error);
      if (this.isStopped) return;
      this.outage.failed(`mutes and bans cannot be read; the last known ones stay in force: ${reason}`);
      this.cancelRetry = this.clock.after(POLL_MS, () => void this.catchUp());
    } finally {
      this.running = undefined;
    }
  }

  private async read(): Promise<void> {
    const startedAt = this.clock.monotonic();
    const newest = await this.store.newestId();
    for await (const entries of this.unsettled()) await this.apply(entries.filter(({ id }) => !this.settled.has(id)));
    this.settled.saw(newest, startedAt);
    this.sanctions.dropExpired();
  }

  /** Rows of the log that may not have been read, in pages. */
  private async *unsettled(): AsyncGenerator<readonly ModerationLogEntry[]> {
    let after = this.settled.upTo;
    for (let rows: ModerationLogEntry[]; ; after = rows.at(-1)!.id) {
      rows = this.isStopped ? [] : await this.store.following(after, FOLLOWED, PAGE);
      yield rows;
      if (rows.length < PAGE) return;
    }
  }

  private async apply(entries: readonly ModerationLogEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const usernames = [...new Set(entries.map(({ username }) => username!))];
    const [rows, owners] = await Promise.all([this.store.ofNames(usernames), this.store.ownersOf(usernames)]);
    this.sanctions.replace(usernames, rows);
    for (const { id, action, username } of entries) {
      this.settled.add(id);
      const isBanned = action === 'ban' && this.sanctions.of('ban', username!) !== undefined;
      if (!isBanned && action !== 'disconnect') continue;
      this.expel({ cause: action, username: username!, authorId: owners.get(username!) });
    }
  }

  private expel(expelled: Expelled): void {
    for (const listener of this.listeners) {
      try {
        listener(expelled);
      } catch (error) {
        this.metrics.faults.inc({ where: 'moderation' });
        this.faults.error('connections could not be closed', error);
      }
    }
  }
}
