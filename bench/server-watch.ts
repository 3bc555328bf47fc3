import { cpuSeconds } from './process-figures';
import type { ServerProcess } from './server-process';

const EVERY_MS = 20;

export interface Watched {
  readonly cpuPercent: number;
  /** Peak resident memory, in bytes. */
  readonly peakBytes: number;
}

/** Observes a server's process from outside during a load. */
export async function watching<T>(server: ServerProcess, work: () => Promise<T>): Promise<[T, Watched]> {
  const { pid } = server.address;
  const [begin, cpuBefore] = [performance.now(), cpuSeconds(pid)];
  let peakBytes = 0;
  const look = () => (peakBytes = Math.max(peakBytes, server.residentBytes));
  const timer = setInterval(look, EVERY_MS);
  try {
    const result = await work();
    look();
    const seconds = (performance.now() - begin) / 1000;
    return [result, { cpuPercent: ((cpuSeconds(pid) - cpuBefore) / seconds) * 100, peakBytes }];
  } finally {
    clearInterval(timer);
  }
}
