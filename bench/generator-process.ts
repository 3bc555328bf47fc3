import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { watchOver } from './children';
import type { LoadName, LoadOptions, LoadReply, LoadRequest, LoadResult } from './generator/loads';
import type { ServerProcess } from './server-process';

/** Timeout of a load in milliseconds. Most take seconds; only a server that hangs takes this long. */
const TIMEOUT_MS = 90_000;

/** The parent's end of the load generator, a separate process so that its work is not attributed to a server. */
export class GeneratorProcess {
  private child = this.fork();

  /** Puts one load on a server. Rejects when the server lost or duplicated messages, or closed connections. */
  async run<Name extends LoadName>(
    name: Name,
    server: ServerProcess,
    options: LoadOptions<Name>,
    timeoutMs = TIMEOUT_MS,
  ): Promise<LoadResult<Name>> {
    if (!this.child.connected) this.child = this.fork();
    const reply = await this.request({ name, server: server.address, options }, timeoutMs);
    if ('failure' in reply) throw new Error(reply.failure);
    return reply.result as LoadResult<Name>;
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect();
  }

  private request(load: LoadRequest, timeoutMs: number): Promise<LoadReply> {
    const { child } = this;
    return new Promise((resolve, reject) => {
      let reason = 'the load generator ended';
      const ended = () => reject(new Error(reason));
      const timeout = setTimeout(() => {
        reason = `not done within ${timeoutMs / 1000} s`;
        child.kill('SIGKILL');
      }, timeoutMs);
      child.once('exit', ended);
      child.once('message', (reply: LoadReply) => {
        clearTimeout(timeout);
        child.off('exit', ended);
        resolve(reply);
      });
      child.send(load);
    });
  }

  private fork(): ChildProcess {
    const child = fork(join(__dirname, 'generator/main.js'), { env: { PATH: process.env.PATH } });
    watchOver(child);
    return child;
  }
}
