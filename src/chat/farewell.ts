import { BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Settings } from '../config/settings';
import { MessageLog } from '../messages/message-log';
import { Metrics } from '../metrics/metrics';
import { Connections } from './connections';
import { EventStreamsService } from './event-streams.service';
import { Hub } from './hub';
import { json, PROTOCOL_V2 } from './protocol-v2';

/** The share of the grace that readers get to take what is theirs; the rest is for closing the server. */
const READERS_SHARE = 0.8;
/** Clients come back spread over this time: so much for each of them, within these bounds, in milliseconds. */
const SPREAD_PER_CLIENT = 5;
const MIN_SPREAD = 500;
const MAX_SPREAD = 30_000;

/** The end of all connections: everything accepted is committed and delivered, then each socket is closed with 1012. */
@Injectable()
export class Farewell implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Chat');

  constructor(
    private readonly settings: Settings,
    private readonly log: MessageLog,
    private readonly hub: Hub,
    private readonly connections: Connections,
    private readonly streams: EventStreamsService,
    private readonly metrics: Metrics,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    const late = setTimeout(() => this.cutOff(), this.settings.SHUTDOWN_GRACE_SECONDS * 1000 * READERS_SHARE);
    await this.log.flushed();
    await this.hub.caughtUp();
    await Promise.all([...this.hub].map(({ ready }) => ready));
    this.sayWhenToComeBack();
    await Promise.all([...this.connections, ...this.streams].map((reader) => reader.end()));
    clearTimeout(late);
  }

  private sayWhenToComeBack(): void {
    const spread = Math.min(MAX_SPREAD, Math.max(MIN_SPREAD, this.connections.size * SPREAD_PER_CLIENT));
    for (const connection of this.connections) {
      if (connection.protocol !== PROTOCOL_V2) continue;
      const delay = MIN_SPREAD + Math.round(Math.random() * spread);
      connection.send(json({ type: 'going_away', reconnect_after_ms: delay }));
    }
  }

  private cutOff(): void {
    const readers = [...this.connections, ...this.streams];
    this.logger.warn(`${readers.length} connections did not take what was theirs in time and are cut off`);
    this.metrics.closed.inc({ cause: 'shutdown' }, readers.length);
    for (const reader of readers) reader.cutOff();
  }
}
