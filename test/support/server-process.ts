import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(__dirname, '../..');

/** The built server as a process of its own, for what a test cannot do to the process it runs in. */
export class ServerProcess {
  /** Every line it printed, standard output and error. */
  readonly lines: string[] = [];
  private readonly printed = new EventEmitter();
  /** When it has ended and all its output is read. */
  readonly closed: Promise<unknown>;
  readonly exited: Promise<number | NodeJS.Signals>;
  port = 0;

  private constructor(readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal!)));
    this.closed = once(child, 'close');
    children.add(child);
  }

  /** Starts it in a folder; does not wait until it is ready. */
  static spawn(environment: Record<string, string>, nodeOptions: string[] = [], folder = __dirname): ServerProcess {
    return ServerProcess.run([process.execPath, ...nodeOptions, join(ROOT, 'dist/src/main.js')], environment, folder);
  }

  /** Starts it by a command that becomes the server. */
  static run(
    [command, ...args]: readonly string[],
    environment: Record<string, string>,
    folder = __dirname,
  ): ServerProcess {
    const child = spawn(command!, args, {
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        HOST: '127.0.0.1',
        LOG_FORMAT: 'json',
        LIMITS: 'off',
        ...environment,
      },
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(child);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        server.lines.push(line);
        server.printed.emit('line', line);
      });
    }
    return server;
  }

  /** Starts it and waits for the line that says where it listens. */
  static async start(environment: Record<string, string>, nodeOptions: string[] = []): Promise<ServerProcess> {
    const server = ServerProcess.spawn(environment, nodeOptions);
    await server.listening();
    return server;
  }

  async listening(): Promise<void> {
    const line = await this.line(/ready at http:\/\/[^"]+:(\d+)/);
    this.port = Number(line[1]);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Waits for a printed line, which may be there already; fails when the process ends without it. */
  line(pattern: RegExp): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const look = (line: string) => {
        const match = pattern.exec(line);
        if (!match) return false;
        this.printed.off('line', look);
        resolve(match);
        return true;
      };
      if (this.lines.some(look)) return;
      this.printed.on('line', look);
      void this.closed.then(() => {
        reject(new Error(`ended without ${String(pattern)}:\n${this.lines.join('\n')}`));
      });
    });
  }

  residentBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    this.child.kill(signal);
    return this.exited;
  }
}

const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});
