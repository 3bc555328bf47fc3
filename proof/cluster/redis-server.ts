import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '../free-port';

export const canStartRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A private Redis server, to be stopped and frozen. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(folder: string): Promise<RedisServer> {
    const server = new RedisServer(folder, await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', this.folder];
    this.process = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface(this.process.stdout!)) if (line.includes('Ready to accept')) break;
    this.process.stdout!.resume();
  }

  async stop(): Promise<void> {
    const exited = once(this.process!, 'exit');
    this.abandon();
    await exited;
  }

  /** Kills it without waiting. */
  abandon(): void {
    this.process?.kill('SIGKILL');
  }

  freeze(): void {
    this.process!.kill('SIGSTOP');
  }

  thaw(): void {
    this.process!.kill('SIGCONT');
  }
}
