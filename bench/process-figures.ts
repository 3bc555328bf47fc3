import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Linux counts processor time for user space in hundredths of a second on every platform that Node supports. */
const TICKS_PER_SECOND = 100;

/** Told by this signal, a server whose memory is measured collects its garbage. */
export const COLLECT_SIGNAL = 'SIGUSR2';

/** Processor time of all threads of a process so far, user and system, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses and may contain anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [userTicks, systemTicks] = [fields[11], fields[12]];
  return (Number(userTicks) + Number(systemTicks)) / TICKS_PER_SECOND;
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kibibytes) * 1024;
}

/** How many files a process may have open here; a child of Node's gets all the kernel allows. */
export function openFilesAllowed(): number {
  const [, hard] = /^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))!;
  return Number(hard);
}

const SETTLING_MS = 1_500;

/** The same when what was under way has ended and garbage is collected. The process must understand `COLLECT_SIGNAL`. */
export async function settledBytes(pid: number): Promise<number> {
  await delay(SETTLING_MS);
  process.kill(pid, COLLECT_SIGNAL);
  await delay(SETTLING_MS);
  return residentBytes(pid);
}
