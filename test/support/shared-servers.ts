import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { testFolder } from './database';

const POSTGRES_URL = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
/** A Redis that tests may share: it is only spoken over. */
export const REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

export const hasPostgres = answers(POSTGRES_URL);
export const hasRedis = answers(REDIS_URL);
export const canStartRedis = canRun('redis-server');

/** A database of a test's own on the shared PostgreSQL. */
export class TestDatabase {
  private constructor(
    readonly name: string,
    readonly url: string,
  ) {}

  static async create(): Promise<TestDatabase> {
    const name = `chat_bus_test_${process.pid}_${Date.now().toString(36)}_${++created}`;
    await onServer(`CREATE DATABASE ${name}`);
    const url = new URL(POSTGRES_URL);
    url.pathname = name;
    return new TestDatabase(name, url.href);
  }

  /** Ends the connections of a kind, as an administrator or a failing server would. */
  async cutOff(applicationName: string): Promise<void> {
    await onServer(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = $2',
      [this.name, applicationName],
    );
  }

  /** The same for all of them. */
  async cutOffAll(): Promise<void> {
    await onServer('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [this.name]);
  }

  async drop(): Promise<void> {
    await onServer(`DROP DATABASE ${this.name} WITH (FORCE)`);
  }
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

let created = 0;
const started = new Set<ChildProcess>();
afterAll(() => {
  for (const process of started) process.kill('SIGKILL');
});

async function onServer(statement: string, values?: unknown[]): Promise<void> {
  const client = new Client({ connectionString: POSTGRES_URL });
  await client.connect();
  await client.query(statement, values);
  await client.end();
}

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
