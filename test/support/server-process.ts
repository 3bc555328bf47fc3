import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(__dirname, '../..');
/** Compile cache of Node.js, from version 22 on: saves a quarter of the start-up time. */
const COMPILED = join(ROOT, 'node_modules/.cache/node');

/** Node.js options for a faster start. */
export const WITH_BUNDLES = ['--require', join(__dirname, 'jest/bundled-packages.preload.js')];

/** The built server as a child process, for tests that signal, freeze or kill it. */
export class ServerProcess {
  /** All lines of standard output and standard error. */
  readonly lines: string[] = [];
  private readonly printed = new EventEmitter();
  /** Resolves once the process has ended and all its output is read. */
  readonly closed: Promise<unknown>;
  readonly exited: Promise<number | NodeJS.Signals>;
  port = 0;

  private constructor(readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal!)));
    this.closed = once(child, 'close');
    children.add(child);
  }

  /** Starts the server in a folder without waiting until it is ready. */
  static spawn(environment: Record<string, string>, nodeOptions: string[] = [], folder = __dirname): ServerProcess {
    const program = [...WITH_BUNDLES, ...nodeOptions, join(ROOT, 'dist/src/main.js')];
    return ServerProcess.run([process.execPath, ...program], environment, folder);
  }

  /** Starts the server through a command that finally executes it. */
  static run(
    [command, ...args]: readonly string[],
    environment: Record<string, string>,
    folder = __dirname,
  ): ServerProcess {
    const child = spawn(command!, args, {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: COMPILED,
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

  /** Starts the server and waits for the line with its address. */
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

  /** Resolves with the first printed line that matches, past or future; rejects when the process ends without one. */
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
