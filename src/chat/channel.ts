import type { NamesInUse } from '../access/names-in-use';
import type { ClusterBus } from '../cluster/cluster-bus';
import type { HistoryRate } from '../limits/history-rate';
import { ChangeFeed, type ChangeSource } from '../messages/feed/change-feed';
import { type FeedSource, MessageFeed } from '../messages/feed/message-feed';
import type { InFlightAppend } from '../messages/log/in-flight-append';
import type { Clock } from '../platform/lifecycle/clock';
import type { Metrics } from '../platform/metrics/metrics';
import type { Settings } from '../settings/settings';
import { ChangeReplay } from './delivery/change-replay';
import { Hub } from './delivery/hub';
import { Replay } from './delivery/replay';
import { SlowReaderLimit } from './delivery/slow-reader-limit';
import { Presence } from './presence/presence';
import { PresenceReplication } from './presence/presence-replication';
import { Roster } from './presence/roster';
import type { OpenSessions } from './sessions/open-sessions';

/** Dependencies of a channel, shared by all channels of a process. */
export interface ChannelServices {
  readonly source: FeedSource;
  readonly changeSource: ChangeSource;
  readonly bus: ClusterBus;
  readonly inFlight: InFlightAppend;
  readonly sessions: OpenSessions;
  readonly history: HistoryRate;
  readonly names: NamesInUse;
  readonly settings: Readonly<Settings>;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/**
 * One conversation on this replica: its message feed, replay, readers and presence. Owns the wiring of these parts; must not know
 * sockets or frames.
 */
export class Channel {
  readonly feed: MessageFeed;
  readonly changes: ChangeFeed;
  readonly slow: SlowReaderLimit;
  readonly replay: Replay;
  readonly hub: Hub;
  readonly roster: Roster;
  readonly replication: PresenceReplication;
  readonly presence: Presence;

  constructor({
    source,
    changeSource,
    bus,
    inFlight,
    sessions,
    history,
    names,
    settings,
    clock,
    metrics,
  }: ChannelServices) {
    this.feed = new MessageFeed(source, bus, inFlight, clock, metrics);
    this.changes = new ChangeFeed(this.feed, changeSource, bus, inFlight, clock, metrics);
    this.slow = new SlowReaderLimit(settings.SLOW_CONSUMER_BYTES);
    this.replay = new Replay(this.feed, settings.REPLAY_LIMIT, metrics);
    const changes = new ChangeReplay(this.changes, metrics);
    const context = { replay: this.replay, changes, slow: this.slow, history, metrics, clock };
    this.hub = new Hub(this.feed, this.changes, context);
    this.roster = new Roster(sessions, clock, settings.MAX_PRESENT_NAMES, names);
    this.hub.beforeBatch(() => this.roster.beforeBatch());
    this.replication = new PresenceReplication(bus, this.roster, sessions, clock, metrics);
    this.presence = new Presence(this.roster, this.replication);
  }

  /** Starts both feeds. Rejects when the database does not answer; may then be called again. */
  async start(): Promise<void> {
    const newestChange = await this.changes.head();
    await this.feed.start();
    this.changes.start(newestChange);
  }

  stop(): void {
    this.feed.stop();
    this.changes.stop();
    this.roster.stop();
    this.replication.stop();
  }
}
