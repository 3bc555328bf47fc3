import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { END_CONNECTIONS, execute, testFolder } from './database';

/** A Redis that tests may share: it is only spoken over. */
export const REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

export const hasRedis = answers(REDIS_URL);
export const canStartRedis = canRun('redis-server');

/** Ends the bus's connections to a database, as an administrator or a failing server would. */
export async function cutOffBus(url: string): Promise<void> {
  await execute(url, `${END_CONNECTIONS} AND application_name = 'chat-bus'`);
}

/** A Redis of a test's own, to be stopped and frozen. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', testFolder()];
    this.process = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface(this.process.stdout!)) if (line.includes('Ready to accept')) break;
    this.process.stdout!.resume();
    started.add(this.process);
  }

  async stop(): Promise<void> {
    const exited = once(this.process!, 'exit');
    this.process!.kill('SIGKILL');
    await exited;
  }

  freeze(): void {
    this.process!.kill('SIGSTOP');
  }

  thaw(): void {
    this.process!.kill('SIGCONT');
  }
}

const started = new Set<ChildProcess>();
afterAll(() => {
  for (const process of started) process.kill('SIGKILL');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether something listens there; asked by another process, as suites are chosen before anything can be awaited. */
function answers(url: string): boolean {
  const { hostname, port } = new URL(url);
  const script = `require('net').connect(${port}, '${hostname}').setTimeout(2000, () => process.exit(1))
    .on('error', () => process.exit(1)).on('connect', () => process.exit(0))`;
  return spawnSync(process.execPath, ['-e', script]).status === 0;
}

function canRun(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
