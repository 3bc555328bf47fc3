import { Injectable, Logger, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../platform/lifecycle/clock';
import { SampledLog } from '../../platform/logging/sampled-log';
import { Settings } from '../../settings/settings';
import { BacklogDeadlines } from '../../limits/backlog-deadlines';
import { Metrics } from '../../platform/metrics/metrics';
import { Hub } from './hub';
import type { Sink } from './subscription';

const LOOK_INTERVAL_MS = 1_000;

/** Drops readers of the feed that do not take in time what waits for them. */
@Injectable()
export class StalledReaders implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log: SampledLog;
  private readonly deadlines: BacklogDeadlines<Sink>;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly hub: Hub,
    private readonly metrics: Metrics,
  ) {
    this.log = new SampledLog(new Logger('Chat'), clock);
    this.deadlines = new BacklogDeadlines(settings.STALLED_READER_SECONDS * 1000);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), LOOK_INTERVAL_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    for (const sink of this.deadlines.late(this.openSinks(), this.clock.monotonic())) {
      this.log.warn(
        `a reader did not take within ${this.settings.STALLED_READER_SECONDS} s what waited for it and is closed`,
      );
      this.metrics.closed.inc({ cause: 'stalled' });
      sink.closeTooSlow();
    }
  }

  private *openSinks(): Iterable<Sink> {
    for (const { sink } of this.hub) if (sink.isOpen) yield sink;
  }
}
