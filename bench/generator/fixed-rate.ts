import { setTimeout as delay } from 'node:timers/promises';
import type { ServerAddress } from './client';
import { Crowd, type CrowdSize } from './crowd';
import { LatencyHistogram } from './latency-histogram';

export interface FixedRate extends CrowdSize {
  readonly messagesPerSecond: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface FixedRateResult {
  /** Time from the sender's write to a reader's read, over all deliveries, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** Messages that arrived before an earlier one of the same sender. */
  readonly overtaken: number;
}

/** Senders send in turn at fixed times, however long the server takes. */
export async function fixedRate(server: ServerAddress, load: FixedRate): Promise<FixedRateResult> {
  const { senders } = load;
  const sentAt: number[] = [];
  const histogram = new LatencyHistogram();
  const firstCounted = Math.ceil((load.warmUpMs / 1000) * load.messagesPerSecond);
  const crowd = await Crowd.open(server, load, {
    delivery: (sender, number) => {
      const message = number * senders + sender;
      if (message >= firstCounted) histogram.add(performance.now() - sentAt[message]!);
    },
  });
  try {
    const total = Math.round(((load.warmUpMs + load.measureMs) / 1000) * load.messagesPerSecond);
    const begin = performance.now();
    for (let message = 0; message < total; message++) {
      const due = begin + (message * 1000) / load.messagesPerSecond;
      while (performance.now() < due) await delay(1);
      sentAt.push(performance.now());
      crowd.send(message % senders);
    }
    await crowd.settle();
    return {
      p50: histogram.percentile(0.5),
      p99: histogram.percentile(0.99),
      longest: histogram.longest,
      overtaken: crowd.overtaken,
    };
  } finally {
    crowd.close();
  }
}
