import { Logger } from '@nestjs/common';
import type { Clock } from '../../platform/lifecycle/clock';
import { SampledLog } from '../../platform/logging/sampled-log';
import type { Metrics } from '../../platform/metrics/metrics';
import type { FeedListener } from './feed-sequencer';

/** The listeners of a feed. An exception of one does not keep the batch from the others. */
export class FeedListeners<Item extends { readonly id: number }> {
  private readonly log: SampledLog;
  private readonly listeners: FeedListener<Item>[] = [];

  constructor(
    private readonly metrics: Metrics,
    clock: Clock,
  ) {
    this.log = new SampledLog(new Logger('Feed'), clock);
  }

  add(listener: FeedListener<Item>): void {
    this.listeners.push(listener);
  }

  call(batch: readonly Item[]): void {
    for (const listener of this.listeners) {
      try {
        listener(batch);
      } catch (error) {
        this.metrics.faults.inc({ where: 'feed' });
        this.log.error(`a listener failed on a batch up to ${batch.at(-1)!.id}`, error);
      }
    }
  }
}
