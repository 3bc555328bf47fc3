import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../../settings/settings';
import { Metrics } from '../../platform/metrics/metrics';
import { OpenSessions } from '../sessions/open-sessions';
import type { Session } from '../sessions/session';
import { EventStreamsService } from '../sse/event-streams.service';

const SILENT_PINGS = 2;

/** Pings every connection, and drops those that gave no sign of life for two pings: their peer is gone without a word. */
@Injectable()
export class Heartbeat implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly sessions: OpenSessions,
    private readonly streams: EventStreamsService,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.beat(), this.settings.HEARTBEAT_SECONDS * 1000);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    for (const session of this.sessions) this.check(session);
    this.streams.beat();
  }

  private check({ connection, subscription }: Session): void {
    // A ping queues behind unsent bytes: a slow reader would answer it long after the next one.
    if (connection.hasProgressed()) connection.missedPings = 0;
    if (connection.missedPings >= SILENT_PINGS) {
      this.metrics.closed.inc({ cause: 'silent' });
      connection.cutOff();
      return;
    }
    // `StalledReaders` judges a reader of the feed that no ping can reach.
    const isJudgedElsewhere = connection.isHeldUp && connection.isOpen && subscription !== undefined;
    if (!isJudgedElsewhere) connection.ping();
  }
}
