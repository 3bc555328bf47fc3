import { ACCESS_SETTINGS, storedName } from '../identities';
import type { Random } from '../random';
import { Server, type ServerOptions } from '../server';
import type { PresenceRecord } from './presence-record';
import { Resident } from './resident';
import { TcpProxy } from './tcp-proxy';
import { Watcher } from './watcher';

/** Users present on each replica throughout its life. */
const RESIDENTS = 2;

const SETTINGS = {
  REPLAY_LIMIT: '500',
  SLOW_CONSUMER_BYTES: '262144',
  HEARTBEAT_SECONDS: '2',
  STALLED_READER_SECONDS: '6',
  SHUTDOWN_GRACE_SECONDS: '8',
  LIMITS: 'off',
  MESSAGE_RATE: '200',
  MESSAGE_BURST: '100',
  ...ACCESS_SETTINGS,
};

export interface Surroundings {
  readonly postgresPort: number;
  readonly redisPort: number | undefined;
  readonly random: Random;
  readonly record: PresenceRecord;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One server of a cluster, with a proxy for each of its networks. */
export class Replica {
  readonly server: Server;
  private readonly watcher: Watcher;
  private starts = 0;
  /** How often it was stopped. */
  ends = 0;
  /** Whether it was started and not stopped since. */
  isUp = false;

  private constructor(
    readonly name: string,
    private readonly surroundings: Surroundings,
    options: Omit<ServerOptions, 'name' | 'environment'>,
    readonly clients: TcpProxy,
    readonly postgres: TcpProxy,
    readonly redis: TcpProxy | undefined,
  ) {
    const environment = {
      ...SETTINGS,
      DATABASE_URL: `postgres://postgres@127.0.0.1:${postgres.port}/postgres`,
      ...(redis && { REDIS_URL: `redis://127.0.0.1:${redis.port}` }),
    };
    this.server = new Server({ ...options, name, environment });
    this.watcher = new Watcher(this.port, surroundings.random.fork(), name, surroundings.record);
  }

  static async create(
    name: string,
    surroundings: Surroundings,
    options: Omit<ServerOptions, 'name' | 'environment'>,
  ): Promise<Replica> {
    const { postgresPort, redisPort } = surroundings;
    const local = (port: number) => TcpProxy.open({ host: '127.0.0.1', port });
    const [clients, postgres, redis] = await Promise.all([
      local(options.port),
      local(postgresPort),
      redisPort === undefined ? undefined : local(redisPort),
    ]);
    return new Replica(name, surroundings, options, clients, postgres, redis);
  }

  /** Its own port; clients connect through `clients`. */
  get port(): number {
    return this.server.port;
  }

  /** Presence on all replicas as this one reports it; undefined while its watcher is disconnected. */
  get watch() {
    return this.watcher.watch;
  }

  async start(): Promise<void> {
    const { random, record } = this.surroundings;
    const isFirst = this.starts++ === 0;
    await this.server.start();
    this.isUp = true;
    if (isFirst) this.watcher.start();
    for (let i = 1; i <= RESIDENTS; i++) {
      new Resident(this.port, random.fork(), storedName(`${this.name}/${this.starts}/${i}`, 'guest'), record).start();
    }
  }

  async kill(): Promise<void> {
    this.end();
    await this.server.kill();
  }

  async stop(): Promise<void> {
    this.end();
    await this.server.stop();
  }

  /** Stops it for good. */
  async remove(): Promise<void> {
    await this.stop();
    await this.watcher.stop();
    await Promise.all([this.clients.close(), this.postgres.close(), this.redis?.close()]);
  }

  private end(): void {
    this.isUp = false;
    this.ends++;
  }

  /** Its answer to a GET; undefined without one. */
  async get(path: string, milliseconds: number): Promise<Answer | undefined> {
    try {
      const signal = AbortSignal.timeout(milliseconds);
      const response = await fetch(`http://127.0.0.1:${this.port}${path}`, { signal });
      return { status: response.status, text: await response.text() };
    } catch {
      return undefined;
    }
  }
}
