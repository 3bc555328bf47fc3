import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** From `dist/proof`. */
const ROOT = join(__dirname, '../..');
const START_MS = 30_000;

/** Small limits, so that a short run meets them. */
const SETTINGS = {
  HOST: '127.0.0.1',
  LOG_FORMAT: 'json',
  REPLAY_LIMIT: '500',
  SLOW_CONSUMER_BYTES: '4096',
  HEARTBEAT_SECONDS: '2',
  STALLED_READER_SECONDS: '3',
  SHUTDOWN_GRACE_SECONDS: '5',
  MESSAGE_RATE: '200',
  MESSAGE_BURST: '100',
};

/** The built server as a process, on the same port and file over all restarts. */
export class Server {
  /** Ends that nobody asked for. */
  readonly deaths: string[] = [];
  private child: ChildProcess | undefined;
  private readonly log: number;
  private readonly clockFile: string;

  private constructor(
    readonly port: number,
    /** Of the database. */
    readonly path: string,
    folder: string,
    private readonly sabotage: string | undefined,
  ) {
    this.log = openSync(join(folder, 'server.log'), 'a');
    this.clockFile = join(folder, 'clock-offset');
    this.setClock(0);
  }

  static async create(folder: string, databaseFolder: string, sabotage: string | undefined): Promise<Server> {
    return new Server(await freePort(), join(databaseFolder, 'chat.sqlite'), folder, sabotage);
  }

  get isRunning(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it and waits until it is ready. */
  async start(): Promise<void> {
    const preloads = [join(ROOT, 'proof/clock-jump.preload.js')];
    if (this.sabotage !== undefined) preloads.push(join(ROOT, 'proof/sabotage', `${this.sabotage}.js`));
    const child = spawn(
      process.execPath,
      [...preloads.flatMap((file) => ['--require', file]), join(ROOT, 'dist/src/main.js')],
      {
        env: {
          PATH: process.env.PATH,
          PORT: String(this.port),
          DATABASE_URL: `sqlite:${this.path}`,
          PROOF_CLOCK_OFFSET_FILE: this.clockFile,
          ...SETTINGS,
        },
        cwd: join(this.path, '..'),
        stdio: ['ignore', this.log, this.log],
      },
    );
    this.child = child;
    child.once('exit', (code, signal) => {
      if (this.child === child) this.deaths.push(`it ended by itself with ${code ?? String(signal)}`);
    });
    const deadline = performance.now() + START_MS;
    while (!(await this.isUp())) {
      if (child.exitCode !== null) throw new Error(`the server does not start: exit code ${child.exitCode}`);
      if (performance.now() > deadline) throw new Error('the server does not become ready');
      await delay(20);
    }
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** An orderly end; anything but exit code 0 is a death. */
  async stop(): Promise<void> {
    const code = await this.end('SIGTERM');
    if (code !== 0) this.deaths.push(`it ended with ${String(code)} on SIGTERM`);
  }

  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Moves its clock away from the machine's, by milliseconds. */
  setClock(offset: number): void {
    writeFileSync(this.clockFile, String(offset));
    this.child?.kill('SIGUSR2');
  }

  /** For the end of this process: nothing is waited for. */
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

/**
 * A port outside the range the kernel gives to connections: a client that comes back while the server is away could
 * otherwise be given the server's own port and connect to itself.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const probe = createServer();
    try {
      probe.listen(port, '127.0.0.1');
      await once(probe, 'listening');
      return port;
    } catch {
      continue;
    } finally {
      probe.close();
    }
  }
}
