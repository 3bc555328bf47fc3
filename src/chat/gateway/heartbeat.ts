import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../../settings/settings';
import { Metrics } from '../../platform/metrics/metrics';
import { Connections } from '../sessions/connections';
import { EventStreamsService } from '../sse/event-streams.service';

const SILENT_PINGS = 2;

/** Pings every connection, and drops those that gave no sign of life for two pings: their peer is gone without a word. */
@Injectable()
export class Heartbeat implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly connections: Connections,
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
    for (const connection of this.connections) {
      // A ping stands behind what waits: a slow reader would answer it long after the next.
      if (connection.hasTaken()) connection.missedPings = 0;
      if (connection.missedPings < SILENT_PINGS) {
        connection.ping();
        continue;
      }
      this.metrics.closed.inc({ cause: 'silent' });
      connection.cutOff();
    }
    this.streams.beat();
  }
}
