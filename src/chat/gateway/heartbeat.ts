import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { type CancelTimer, Clock } from '../../platform/lifecycle/clock';
import { Metrics } from '../../platform/metrics/metrics';
import { Settings } from '../../settings/settings';
import { OpenSessions } from '../sessions/open-sessions';
import type { Session } from '../sessions/session';
import { OpenStreams } from '../sse/open-streams';

/** Unanswered pings after which a connection is cut off at the next heartbeat. */
const MAX_MISSED_PINGS = 2;

/** Pings every connection each HEARTBEAT_SECONDS and cuts off those whose peer vanished without closing. Owns the interval. */
@Injectable()
export class Heartbeat implements OnApplicationBootstrap, OnModuleDestroy {
  private cancel: CancelTimer | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly sessions: OpenSessions,
    private readonly streams: OpenStreams,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.cancel = this.clock.every(this.settings.HEARTBEAT_SECONDS * 1000, () => {
      for (const session of this.sessions) this.check(session);
      this.streams.heartbeat();
    });
  }

  onModuleDestroy(): void {
    this.cancel?.();
  }

  private check({ connection, subscription }: Session): void {
    // A ping queues behind unsent bytes: a slow reader would answer it long after the next one is sent.
    if (connection.hasProgressed()) connection.missedPings = 0;
    if (connection.missedPings >= MAX_MISSED_PINGS) {
      this.metrics.closed.inc({ cause: 'silent' });
      connection.cutOff();
      return;
    }
    // A ping cannot reach a feed reader with a full backlog: `StalledReaders` is responsible for it.
    if (connection.isHeldUp && connection.isOpen && subscription) return;
    connection.ping();
  }
}
