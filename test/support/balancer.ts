import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../proof/free-port';
import { http } from './http';
import { testFolder } from './database';
import { until } from './until';

const HAPROXY = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy', '/usr/bin/haproxy'].find((path) => existsSync(path));
export const hasHaproxy = HAPROXY !== undefined;
export const CONFIGURATION = join(__dirname, '../../deploy/balancer/haproxy.cfg');

interface Slot {
  readonly name: string;
  readonly status: string;
  readonly connections: number;
}

/** HAProxy with the project's configuration, except for its addresses and an added statistics page. */
export class Balancer {
  private constructor(
    readonly port: number,
    private readonly figuresPort: number,
    private readonly child: ChildProcess,
  ) {}

  /** @param replicas ports of the replicas, which need not be running yet */
  static async start(replicas: readonly number[]): Promise<Balancer> {
    const [port, figuresPort] = [await freePort(), await freePort()];
    const servers = replicas.map((replica) => `  server chat-${replica} 127.0.0.1:${replica}`).join('\n');
    const text = readFileSync(CONFIGURATION, 'utf8')
      // Otherwise two instances on one port would silently share its connections.
      .replace('global\n', 'global\n  noreuseport\n')
      .replace('bind :8000', `bind 127.0.0.1:${port}`)
      .replaceAll(/^ *server-template chat .*$/gm, servers);
    const figures = `listen figures\n  bind 127.0.0.1:${figuresPort}\n  stats enable\n  stats uri /\n`;
    const file = join(testFolder(), 'haproxy.cfg');
    writeFileSync(file, `${text}\n${figures}`);
    const child = spawn(HAPROXY!, ['-db', '-f', file], { stdio: 'ignore' });
    running.add(child);
    const balancer = new Balancer(port, figuresPort, child);
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`HAProxy ended with ${child.exitCode}; ask it: haproxy -c -f FILE`);
      return (await balancer.slots().catch(() => [])).length === replicas.length;
    });
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** HAProxy's view of each replica. */
  async slots(): Promise<Slot[]> {
    const { text } = await http(`http://127.0.0.1:${this.figuresPort}/;csv`);
    const [head, ...rows] = text
      .replace('# ', '')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const column = (row: string[], name: string) => row[head!.indexOf(name)]!;
    return rows
      .filter((row) => column(row, 'pxname') === 'replicas' && column(row, 'svname') !== 'BACKEND')
      .map((row) => ({
        name: column(row, 'svname'),
        status: column(row, 'status'),
        connections: Number(column(row, 'scur')),
      }));
  }

  /** Resolves when new connections go to exactly these replicas. */
  async sendsTo(replicas: readonly number[]): Promise<void> {
    const wanted = replicas.map((port) => `chat-${port}`).sort();
    await until(async () => {
      const up = (await this.slots()).filter(({ status }) => status === 'UP').map(({ name }) => name);
      return up.sort().join() === wanted.join();
    });
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});
