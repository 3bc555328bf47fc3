import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';

/** Files in which the kernel reports the memory of a control group, by the version of its interface. */
const V2 = { folder: 'sys/fs/cgroup', used: 'memory.current', cache: /^inactive_file (\d+)$/m };
const V1 = { folder: 'sys/fs/cgroup/memory', used: 'memory.usage_in_bytes', cache: /^total_inactive_file (\d+)$/m };

/**
 * Used share of the memory available to this process, as a whole percentage: of the container's limit, or of the machine's memory
 * without one. When either is exhausted the process is killed, whichever process used it.
 */
export function memoryUsage(): string {
  const machine = totalmem();
  const limit = process.constrainedMemory();
  const isLimited = limit > 0 && limit < machine;
  return isLimited
    ? percentage(containerMemory('/') ?? process.memoryUsage.rss(), limit)
    : percentage(machine - freemem(), machine);
}

/** From `1%`, as some memory is always used, to `100%`. */
export function percentage(used: number, of: number): string {
  return `${Math.min(100, Math.max(1, Math.round((used / of) * 100)))}%`;
}

/**
 * Bytes used by the container, without the file cache that the kernel drops on demand; undefined if the kernel does not report
 * it.
 * @param root of the file system
 */
export function containerMemory(root: string): number | undefined {
  const groups = read(join(root, 'proc/self/cgroup'));
  const paths = [
    { ...V1, group: /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups)?.[1] },
    { ...V2, group: /^0::(.*)$/m.exec(groups)?.[1] },
  ];
  for (const { folder, used, cache, group } of paths) {
    // Seen from inside a container, its own group is the topmost one.
    for (const path of group === undefined ? [] : [join(root, folder, group), join(root, folder)]) {
      const bytes = Number(read(join(path, used)) || NaN);
      if (!Number.isNaN(bytes)) return bytes - Number(cache.exec(read(join(path, 'memory.stat')))?.[1] ?? 0);
    }
  }
  return undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
