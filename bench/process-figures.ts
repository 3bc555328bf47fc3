import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** USER_HZ: 100 ticks per second on every Linux platform that Node supports. */
const TICKS_PER_SECOND = 100;

/** Makes a server collect its garbage: see `collect-garbage.ts`. */
export const COLLECT_SIGNAL = 'SIGUSR2';

/** CPU time of all threads of a process so far, user and system, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses, which may contain anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [userTicks, systemTicks] = [fields[11], fields[12]];
  return (Number(userTicks) + Number(systemTicks)) / TICKS_PER_SECOND;
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kibibytes) * 1024;
}

/** Limit of open files of a child process; Node raises it to the kernel's maximum. */
export function openFilesAllowed(): number {
  const [, hard] = /^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))!;
  return Number(hard);
}

const SETTLING_MS = 1_500;

/** Resident memory after pending work and a garbage collection. The process must handle `COLLECT_SIGNAL`. */
export async function settledBytes(pid: number): Promise<number> {
  await delay(SETTLING_MS);
  process.kill(pid, COLLECT_SIGNAL);
  await delay(SETTLING_MS);
  return residentBytes(pid);
}
