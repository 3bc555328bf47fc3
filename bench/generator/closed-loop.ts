import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from '../process-figures';
import type { ServerAddress } from './client';
import { Crowd, type CrowdSize } from './crowd';

export interface ClosedLoop extends CrowdSize {
  /** Messages that each sender keeps under way; the next follows when one comes back. */
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface ClosedLoopResult {
  readonly deliveries: number;
  readonly seconds: number;
  readonly serverCpuSeconds: number;
  readonly generatorCpuSeconds: number;
  /** Messages that arrived before an earlier one of the same sender. */
  readonly overtaken: number;
}

/** Everybody says as much as the server takes. */
export async function closedLoop(server: ServerAddress, load: ClosedLoop): Promise<ClosedLoopResult> {
  let isSending = true;
  const crowd = await Crowd.open(server, load, {
    ownMessages: (sender, count) => {
      if (isSending) crowd.send(sender, count);
    },
  });
  try {
    for (let sender = 0; sender < load.senders; sender++) crowd.send(sender, load.inFlight);
    await delay(load.warmUpMs);
    const before = snapshot(server, crowd);
    await delay(load.measureMs);
    isSending = false;
    // The answers to what was sent belong to the measurement: a slow server is in the middle of one message.
    await crowd.settle();
    const after = snapshot(server, crowd);
    return {
      overtaken: crowd.overtaken,
      deliveries: after.deliveries - before.deliveries,
      seconds: after.seconds - before.seconds,
      serverCpuSeconds: after.serverCpuSeconds - before.serverCpuSeconds,
      generatorCpuSeconds: after.generatorCpuSeconds - before.generatorCpuSeconds,
    };
  } finally {
    crowd.close();
  }
}

function snapshot(server: ServerAddress, crowd: Crowd): Omit<ClosedLoopResult, 'overtaken'> {
  return {
    deliveries: crowd.deliveries,
    seconds: performance.now() / 1000,
    serverCpuSeconds: (server.replicas ?? [server]).reduce((sum, { pid }) => sum + cpuSeconds(pid), 0),
    generatorCpuSeconds: cpuSeconds(process.pid),
  };
}
