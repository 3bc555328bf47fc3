import {
  type FactoryProvider,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
  type Type,
} from '@nestjs/common';
import { NamesInUse } from '../access/names-in-use';
import { ClusterBus } from '../cluster/cluster-bus';
import { HistoryRate } from '../limits/history-rate';
import { MessageFeed } from '../messages/feed/message-feed';
import { StoredChanges } from '../messages/feed/stored-changes';
import { StoredFeed } from '../messages/feed/stored-feed';
import { InFlightAppend } from '../messages/log/in-flight-append';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';
import { Settings } from '../settings/settings';
import { Storage } from '../storage/storage';
import { Channel } from './channel';
import { Hub } from './delivery/hub';
import { SlowReaderLimit } from './delivery/slow-reader-limit';
import { Presence } from './presence/presence';
import { PresenceReplication } from './presence/presence-replication';
import { OpenSessions } from './sessions/open-sessions';

/** Registry of the channels: creates, starts and stops them. There is only one; further channels belong here. */
@Injectable()
export class Channels implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  readonly channel: Channel;

  constructor(
    source: StoredFeed,
    changeSource: StoredChanges,
    bus: ClusterBus,
    inFlight: InFlightAppend,
    sessions: OpenSessions,
    history: HistoryRate,
    names: NamesInUse,
    settings: Settings,
    clock: Clock,
    metrics: Metrics,
    private readonly storage: Storage,
  ) {
    this.channel = new Channel({
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
    });
  }

  async onModuleInit(): Promise<void> {
    await this.storage.retryUntilAvailable(() => this.channel.start());
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.channel.replication.start();
  }

  onApplicationShutdown(): void {
    this.channel.stop();
  }
}

/** The registry, and the parts of its only channel, for classes that serve a single channel. */
export const CHANNEL_PROVIDERS: readonly Provider[] = [
  Channels,
  part(MessageFeed, ({ feed }) => feed),
  part(SlowReaderLimit, ({ slow }) => slow),
  part(Hub, ({ hub }) => hub),
  part(Presence, ({ presence }) => presence),
  part(PresenceReplication, ({ replication }) => replication),
];

function part<Part>(provide: Type<Part>, of: (channel: Channel) => Part): FactoryProvider<Part> {
  return { provide, inject: [Channels], useFactory: ({ channel }: Channels) => of(channel) };
}
