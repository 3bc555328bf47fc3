import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();

/** Registers a process that must not outlive this one. */
export function watchOver(child: ChildProcess): void {
  running.add(child);
  child.once('exit', () => running.delete(child));
}

function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

process.on('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
