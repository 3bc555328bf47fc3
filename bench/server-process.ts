import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { watchOver } from './children';
import type { ServerAddress } from './generator/client';
import { residentBytes } from './process-figures';
import type { Target } from './targets';

export type Synchronous = 'full' | 'normal';

export interface ServerOptions {
  /** Folder for its database. */
  readonly folder: string;
  readonly synchronous: Synchronous;
  readonly nodeOptions?: readonly string[];
  /** Settings that extend or override the common ones. */
  readonly settings?: Readonly<Record<string, string>>;
}

const START_MS = 60_000;
const STOP_MS = 15_000;
const LAST_LINES = 20;

/** A server process on a free port of 127.0.0.1. */
export class ServerProcess {
  private readonly lastLines: string[] = [];
  private port = 0;
  /** Time from process start to listening, in milliseconds. */
  startedInMs = 0;
  /** All replicas of its chat, itself included, where there are several. */
  replicas: readonly ServerProcess[] | undefined;
  /** Secret that signs the clients' tokens; undefined if they need none. */
  private secret: string | undefined;

  private constructor(
    readonly target: Target,
    private readonly child: ChildProcess,
  ) {
    watchOver(child);
  }

  /** Resolves when it listens. */
  static async start(
    target: Target,
    { folder, synchronous, nodeOptions = [], settings = {} }: ServerOptions,
  ): Promise<ServerProcess> {
    const begin = performance.now();
    const preload = (target.preload ?? []).flatMap((script) => ['--require', script]);
    const child = spawn(process.execPath, [...nodeOptions, ...preload, target.script], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: '0',
        DATABASE_URL: `sqlite:${folder}/chat.sqlite`,
        SQLITE_SYNCHRONOUS: synchronous,
        LIMITS: 'off',
        MAX_CONNECTIONS: '0',
        LOG_FORMAT: 'json',
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(target, child);
    server.secret = settings.AUTH_JWT_SECRET;
    server.port = await server.listening();
    server.startedInMs = performance.now() - begin;
    return server;
  }

  /** The same process in the role of another target, for a case that compares loads instead of servers. */
  as(target: Target): ServerProcess {
    return Object.assign(Object.create(ServerProcess.prototype) as ServerProcess, this, { target });
  }

  get address(): ServerAddress {
    const replicas = this.replicas?.map((replica) => replica.own);
    return { ...this.own, ...(replicas && { replicas }) };
  }

  private get own(): ServerAddress {
    const { secret } = this;
    return {
      port: this.port,
      pid: this.child.pid!,
      dialect: this.target.dialect,
      ...(secret !== undefined && { secret }),
    };
  }

  get residentBytes(): number {
    return residentBytes(this.child.pid!);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timeout = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timeout);
  }

  private listening(): Promise<number> {
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => this.child.kill('SIGKILL'), START_MS);
      for (const stream of [this.child.stdout!, this.child.stderr!]) {
        createInterface(stream).on('line', (line) => {
          this.lastLines.push(line);
          if (this.lastLines.length > LAST_LINES) this.lastLines.shift();
          const [, port] = /ready at http:\/\/[^"]+:(\d+)/.exec(line) ?? [];
          if (port === undefined) return;
          clearTimeout(timeout);
          resolve(Number(port));
        });
      }
      this.child.once('close', () => {
        clearTimeout(timeout);
        reject(new Error(`${this.target.name} ended before it listened:\n${this.lastLines.join('\n')}`));
      });
    });
  }
}
