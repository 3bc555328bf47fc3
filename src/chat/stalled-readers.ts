import { Injectable, Logger, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { Metrics } from '../metrics/metrics';
import { Hub } from './hub';
import type { Subscription } from './subscription';

const LOOK_INTERVAL_MS = 1_000;

/** Drops readers that have something waiting and took nothing of it for too long. */
@Injectable()
export class StalledReaders implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Chat');
  /** Readers with something waiting: how much they had taken, and since when it is no more. */
  private readonly waiting = new Map<Subscription, { taken: number; since: number }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly hub: Hub,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), LOOK_INTERVAL_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = this.clock.monotonic();
    const before = new Map(this.waiting);
    this.waiting.clear();
    for (const subscription of this.hub) {
      const { sink } = subscription;
      if (sink.unsent === 0 || !sink.isOpen) continue;
      const seen = before.get(subscription);
      const since = seen?.taken === sink.taken ? seen.since : now;
      if (now - since < this.settings.STALLED_READER_SECONDS * 1000) {
        this.waiting.set(subscription, { taken: sink.taken, since });
        continue;
      }
      this.logger.warn(`a reader took nothing for ${this.settings.STALLED_READER_SECONDS} s and is closed`);
      this.metrics.closed.inc({ cause: 'stalled' });
      sink.closeTooSlow();
    }
  }
}
