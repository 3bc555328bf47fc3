import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from '../process-figures';
import type { ServerAddress } from './client';
import { Crowd, type CrowdSize } from './crowd';
import { LatencyHistogram } from './latency-histogram';

export interface ClosedLoop extends CrowdSize {
  /** Messages in flight per sender; the next is sent when one comes back. */
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Also measures round trips; with a single sender. */
  readonly timed?: boolean;
}

export interface ClosedLoopResult {
  readonly deliveries: number;
  readonly seconds: number;
  readonly serverCpuSeconds: number;
  readonly generatorCpuSeconds: number;
  /** Messages that arrived before an earlier one of the same sender. */
  readonly overtaken: number;
  /** From write to read, in milliseconds; of a timed load. */
  readonly p50?: number;
}

/** All senders send as fast as the server answers. */
export async function closedLoop(server: ServerAddress, load: ClosedLoop): Promise<ClosedLoopResult> {
  let isSending = true;
  const sentAt: number[] = [];
  const waits = new LatencyHistogram();
  let firstCounted = Infinity;
  const crowd = await Crowd.open(server, load, {
    ownMessages: (sender, count) => {
      if (isSending) send(sender, count);
    },
    ...(load.timed && {
      delivery: (_sender, number) => {
        if (number >= firstCounted) waits.add(performance.now() - sentAt[number]!);
      },
    }),
  });
  const send = (sender: number, count: number) => {
    const now = performance.now();
    for (let i = 0; load.timed && i < count; i++) sentAt.push(now);
    crowd.send(sender, count);
  };
  try {
    for (let sender = 0; sender < load.senders; sender++) send(sender, load.inFlight);
    await delay(load.warmUpMs);
    firstCounted = sentAt.length;
    const before = snapshot(server, crowd);
    await delay(load.measureMs);
    isSending = false;
    // Outstanding answers belong to the measurement: a slow server may be in the middle of one message.
    await crowd.settle();
    const after = snapshot(server, crowd);
    return {
      overtaken: crowd.overtaken,
      deliveries: after.deliveries - before.deliveries,
      seconds: after.seconds - before.seconds,
      serverCpuSeconds: after.serverCpuSeconds - before.serverCpuSeconds,
      generatorCpuSeconds: after.generatorCpuSeconds - before.generatorCpuSeconds,
      ...(load.timed && { p50: waits.percentile(0.5) }),
    };
  } finally {
    crowd.close();
  }
}

function snapshot(server: ServerAddress, crowd: Crowd): Omit<ClosedLoopResult, 'overtaken' | 'p50'> {
  return {
    deliveries: crowd.deliveries,
    seconds: performance.now() / 1000,
    serverCpuSeconds: (server.replicas ?? [server]).reduce((sum, { pid }) => sum + cpuSeconds(pid), 0),
    generatorCpuSeconds: cpuSeconds(process.pid),
  };
}
