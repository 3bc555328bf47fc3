import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Ask, Report, Reporter } from './dialogue';
import { CLOSE_MS, type Host } from './host';

/** The client in a process of Node. */
export function openProcess(script: string, url: string, token: string, report: Reporter): Promise<Host> {
  const child = fork(join(__dirname, 'process-main.js'), [script, url, token]);
  child.on('message', (one: Report) => report(one));
  // Where the process has ended, what it was asked for stays without an answer, which the checks find.
  const ask = (one: Ask): void => void child.send(one, () => undefined);
  return Promise.resolve({
    ask,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      ask({ kind: 'close' });
      const late = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
      await exited;
      clearTimeout(late);
    },
  });
}
