import type { ClusterBus } from '../cluster/cluster-bus';
import type { HistoryRate } from '../limits/history-rate';
import type { FeedSource } from '../messages/feed/feed-recovery';
import { MessageFeed } from '../messages/feed/message-feed';
import type { InFlightAppend } from '../messages/log/in-flight-append';
import type { Clock } from '../platform/lifecycle/clock';
import type { Metrics } from '../platform/metrics/metrics';
import type { Settings } from '../settings/settings';
import { Hub } from './delivery/hub';
import { Replay } from './delivery/replay';
import { SlowReaderLimit } from './delivery/slow-reader-limit';
import { Presence } from './presence/presence';
import { PresenceReplication } from './presence/presence-replication';
import { Roster } from './presence/roster';
import type { OpenSessions } from './sessions/open-sessions';

/** What a channel is made from; all channels of a process would share it. */
export interface ChannelServices {
  readonly source: FeedSource;
  readonly bus: ClusterBus;
  readonly inFlight: InFlightAppend;
  readonly sessions: OpenSessions;
  readonly history: HistoryRate;
  readonly settings: Readonly<Settings>;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/**
 * One conversation on this replica: the feed of its messages, their replay, the readers, and who is present. Owns how its parts
 * are connected; must not know sockets or frames.
 */
export class Channel {
  readonly feed: MessageFeed;
  readonly slow: SlowReaderLimit;
  readonly replay: Replay;
  readonly hub: Hub;
  readonly roster: Roster;
  readonly replication: PresenceReplication;
  readonly presence: Presence;

  constructor({ source, bus, inFlight, sessions, history, settings, clock, metrics }: ChannelServices) {
    this.feed = new MessageFeed(source, bus, inFlight, clock, metrics);
    this.slow = new SlowReaderLimit(settings.SLOW_CONSUMER_BYTES);
    this.replay = new Replay(this.feed, settings.REPLAY_LIMIT, metrics);
    this.hub = new Hub(this.feed, { replay: this.replay, slow: this.slow, history, metrics, clock });
    this.roster = new Roster(sessions, clock, settings.MAX_PRESENT_NAMES);
    this.hub.beforeBatch(() => this.roster.beforeBatch());
    this.replication = new PresenceReplication(bus, this.roster, sessions, clock, metrics);
    this.presence = new Presence(this.roster, this.replication);
  }

  stop(): void {
    this.feed.stop();
    this.roster.stop();
    this.replication.stop();
  }
}
