import { Injectable, Logger, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { BacklogDeadlines } from '../../limits/backlog-deadlines';
import { type CancelTimer, Clock } from '../../platform/lifecycle/clock';
import { SampledLog } from '../../platform/logging/sampled-log';
import { Metrics } from '../../platform/metrics/metrics';
import { Settings } from '../../settings/settings';
import { Hub } from './hub';
import type { Sink } from './subscription';

const CHECK_INTERVAL_MS = 1_000;

/** Closes readers whose backlog is not read in time. Owns the deadlines; must not know how a reader is connected. */
@Injectable()
export class StalledReaders implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log: SampledLog;
  private readonly deadlines: BacklogDeadlines<Sink>;
  private stop: CancelTimer | undefined;

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
    this.stop = this.clock.every(CHECK_INTERVAL_MS, () => this.check());
  }

  onModuleDestroy(): void {
    this.stop?.();
  }

  private check(): void {
    for (const sink of this.deadlines.late(this.openSinks(), this.clock.monotonic())) {
      this.log.warn(`closed a reader that did not drain its backlog within ${this.settings.STALLED_READER_SECONDS} s`);
      this.metrics.closed.inc({ cause: 'stalled' });
      sink.closeTooSlow();
    }
  }

  private *openSinks(): Iterable<Sink> {
    for (const { sink } of this.hub) if (sink.isOpen) yield sink;
  }
}
