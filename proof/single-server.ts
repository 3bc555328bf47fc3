import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Violation } from './checks/violation';
import { backUp, copyIn } from './copies';
import type { Figures } from './figures';
import { freePort } from './free-port';
import { ACCESS_SETTINGS } from './identities';
import type { Options } from './options';
import { Server } from './server';
import { SmallDisk } from './small-disk';
import { type Copy, readStored, type Stored } from './stored';
import type { Subject } from './subject';

/** Small limits, so that a short run reaches them. */
const SETTINGS = {
  REPLAY_LIMIT: '500',
  SLOW_CONSUMER_BYTES: '4096',
  HEARTBEAT_SECONDS: '2',
  STALLED_READER_SECONDS: '3',
  SHUTDOWN_GRACE_SECONDS: '8',
  LIMITS: 'off',
  MESSAGE_RATE: '200',
  MESSAGE_BURST: '100',
  ...ACCESS_SETTINGS,
};

/** One server on one SQLite file. */
export class SingleServer implements Subject {
  readonly isReplicated = false;
  readonly outages = [];
  private readonly clockFile: string;

  private constructor(
    private readonly folder: string,
    private readonly data: string,
    readonly server: Server,
    /** Undefined if this machine cannot mount one. */
    readonly disk: SmallDisk | undefined,
  ) {
    this.clockFile = join(folder, 'clock-offset');
    this.setClock(0);
  }

  static async create(folder: string, { seconds, serverSabotage }: Options): Promise<SingleServer> {
    const data = join(folder, 'data');
    mkdirSync(data);
    const disk = SmallDisk.mount(data, Math.min(1024, 64 + 2 * seconds));
    const preloads = ['clock-jump.preload.js', ...serverSabotage];
    const environment = {
      ...SETTINGS,
      DATABASE_URL: `sqlite:${join(data, 'chat.sqlite')}`,
      PROOF_CLOCK_OFFSET_FILE: join(folder, 'clock-offset'),
    };
    const server = new Server({ name: 'server', port: await freePort(), folder, environment, preloads });
    return new SingleServer(folder, data, server, disk);
  }

  readonly where = (): number => this.server.port;

  get ports(): readonly number[] {
    return [this.server.port];
  }

  get deaths(): readonly string[] {
    return this.server.deaths;
  }

  leftOut(faults: readonly string[]): readonly string[] {
    if (this.disk || !faults.includes('fill')) return [];
    return ['the full disk (this machine does not allow mounting a small one)'];
  }

  start(): Promise<void> {
    return this.server.start();
  }

  async heal(): Promise<void> {
    if (!this.server.isRunning) await this.server.start();
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    if (this.server.deaths.length === 0) await this.server.stop();
  }

  read(): Promise<Stored> {
    return Promise.resolve(readStored(this.path));
  }

  /** None after an unclean end: the write-ahead log may then still have texts that the next start would remove. */
  async copies(): Promise<readonly Copy[]> {
    if (this.deaths.length > 0) return [];
    const backup = join(this.folder, 'backup.sqlite');
    const files = [
      ...(await copyIn(this.path, 'the database')),
      ...(await copyIn(`${this.path}-wal`, 'the write-ahead log')),
    ];
    await backUp(this.path, backup);
    return [...files, ...(await copyIn(backup, 'a backup'))];
  }

  violations(): Violation[] {
    return [];
  }

  figures(): Figures {
    return [];
  }

  /** Offsets the server's clock from the machine's, in milliseconds. */
  setClock(offset: number): void {
    writeFileSync(this.clockFile, String(offset));
    this.server.signal('SIGUSR2');
  }

  keep(): void {
    for (const suffix of ['', '-wal']) {
      if (existsSync(this.path + suffix)) copyFileSync(this.path + suffix, join(this.folder, `chat.sqlite${suffix}`));
    }
  }

  abandon(): void {
    this.server.abandon();
    this.disk?.unmount();
    rmSync(this.data, { recursive: true, force: true });
  }

  private get path(): string {
    return join(this.data, 'chat.sqlite');
  }
}
