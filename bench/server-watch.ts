import { cpuSeconds } from './process-figures';
import type { ServerProcess } from './server-process';

const EVERY_MS = 20;

export interface Watched {
  readonly cpuPercent: number;
  /** The most that was resident, in bytes. */
  readonly peakBytes: number;
}

/** Looks at a server's process from outside while something goes on. */
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
