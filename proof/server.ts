import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Relative to `dist/proof`. */
const ROOT = join(__dirname, '../..');
/** Time after which a start counts as hung, in milliseconds: no start-up time is promised, and three at once load the machine. */
const START_MS = 60_000;

export interface ServerOptions {
  /** Names the log file and the server in reports. */
  readonly name: string;
  readonly port: number;
  /** Folder of the log. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Files that Node preloads. */
  readonly preloads: readonly string[];
}

/** The built server as a process, on the same port over all restarts. */
export class Server {
  /** Unexpected exits. */
  readonly deaths: string[] = [];
  readonly port: number;
  private child: ChildProcess | undefined;
  private readonly log: number;

  constructor(private readonly options: ServerOptions) {
    this.port = options.port;
    this.log = openSync(join(options.folder, `${options.name}.log`), 'a');
  }

  get isRunning(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it and waits until it is ready. */
  async start(): Promise<void> {
    const { port, folder, environment, preloads } = this.options;
    const child = spawn(
      process.execPath,
      [...preloads.flatMap((file) => ['--require', join(ROOT, 'proof', file)]), join(ROOT, 'dist/src/main.js')],
      {
        env: { PATH: process.env.PATH, PORT: String(port), HOST: '127.0.0.1', LOG_FORMAT: 'json', ...environment },
        cwd: folder,
        stdio: ['ignore', this.log, this.log],
      },
    );
    this.child = child;
    child.once('exit', (code, signal) => {
      if (this.child === child)
        this.deaths.push(`${this.options.name} exited by itself with ${code ?? String(signal)}`);
    });
    const deadline = performance.now() + START_MS;
    while (!(await this.isUp())) {
      if (child.exitCode !== null) {
        throw new Error(`${this.options.name} does not start: exit code ${child.exitCode}`);
      }
      if (performance.now() > deadline) throw new Error(`${this.options.name} does not become ready`);
      await delay(20);
    }
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Stops it with SIGTERM; an exit code other than 0 is a death. */
  async stop(): Promise<void> {
    const code = await this.end('SIGTERM');
    if (code !== 0) this.deaths.push(`${this.options.name} ended with ${String(code)} on SIGTERM`);
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Kills it without waiting, when this process ends. */
  abandon(): void {
    this.child?.kill('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<unknown> {
    const { child } = this;
    this.child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return undefined;
    const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
    child.kill(signal);
    const [code, by] = await exited;
    return code ?? by;
  }

  private async isUp(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/health/ready`)).ok;
    } catch {
      return false;
    }
  }
}
