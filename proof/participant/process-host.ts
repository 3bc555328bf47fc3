import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Ask, Report, Reporter } from './dialogue';
import { CLOSE_MS, type Host } from './host';

/** Runs the client in a Node.js process. */
export function openProcess(script: string, url: string, token: string, report: Reporter): Promise<Host> {
  const child = fork(join(__dirname, 'process-main.js'), [script, url, token]);
  child.on('message', (one: Report) => report(one));
  // After the end of the process, requests stay unanswered, which the checks find.
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
