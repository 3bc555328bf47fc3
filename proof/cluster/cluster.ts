import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { checkPresence } from '../checks/presence';
import { violation, type Violation } from '../checks/violation';
import { copyIn } from '../copies';
import type { Figures } from '../figures';
import { freePort } from '../free-port';
import type { Span } from '../history';
import type { Options } from '../options';
import { Random } from '../random';
import type { Copy, Stored } from '../stored';
import type { Subject } from '../subject';
import { within } from '../within';
import { PostgresServer, postgresPrograms } from './postgres-server';
import { PresenceRecord, presentAt } from './presence-record';
import { Probes } from './probes';
import { readPostgres } from './read-postgres';
import { canStartRedis, RedisServer } from './redis-server';
import { Replica } from './replica';

const REPLICAS = 3;
/** Timeout for all replicas to agree on who is present after the faults, in milliseconds; longer than promised after a kill. */
const SETTLE_MS = 25_000;
/** Timeout for all replicas to list all residents before the faults, in milliseconds; without that the run is undecided. */
const INTRODUCTION_MS = 30_000;

/** Several servers on one PostgreSQL, with PostgreSQL's notifications or Redis as their bus. */
export class Cluster implements Subject {
  readonly isReplicated = true;
  readonly probes = new Probes();
  readonly outages: Span[] = [];
  private readonly record = new PresenceRecord();
  private readonly random: Random;
  private readonly all: Replica[] = [];
  private present: readonly Replica[] = [];
  private count = 0;
  private stored: Stored | undefined;

  private constructor(
    private readonly folder: string,
    private readonly postgresFolder: string,
    private readonly preloads: readonly string[],
    seed: number,
    readonly postgres: PostgresServer,
    readonly redis: RedisServer | undefined,
  ) {
    this.random = new Random(seed ^ 0x5eed);
  }

  static async create(folder: string, { seed, serverSabotage, hasRedis }: Options): Promise<Cluster> {
    if (postgresPrograms === undefined) throw new Error("--cluster: PostgreSQL's programs are not on this machine");
    if (hasRedis && !canStartRedis) throw new Error('--redis: redis-server is not installed');
    // Outside the folder of the run, which PostgreSQL's user cannot enter.
    const postgresFolder = mkdtempSync(join(tmpdir(), 'chat-proof-postgres-'));
    const postgres = await PostgresServer.prepare(postgresFolder);
    const redis = hasRedis ? await RedisServer.start(folder) : undefined;
    return new Cluster(folder, postgresFolder, serverSabotage, seed, postgres, redis);
  }

  /** Any replica, running or not. */
  readonly where = (): number => this.random.pick(this.present).clients.port;

  get replicas(): readonly Replica[] {
    return this.present;
  }

  get ports(): readonly number[] {
    return this.present.map(({ port }) => port);
  }

  get deaths(): readonly string[] {
    return this.all.flatMap(({ server }) => server.deaths);
  }

  leftOut(): readonly string[] {
    return [];
  }

  async start(): Promise<void> {
    await this.postgres.start();
    await Promise.all(Array.from({ length: REPLICAS }, () => this.add()));
    await this.introduce();
  }

  async add(): Promise<void> {
    const { postgres, redis, random, record, folder, preloads } = this;
    const name = `replica-${++this.count}`;
    const surroundings = { postgresPort: postgres.port, redisPort: redis?.port, random, record };
    const replica = await Replica.create(name, surroundings, { port: await freePort(), folder, preloads });
    this.all.push(replica);
    await replica.start();
    // Sorted by name, not by readiness: the seed picks by index.
    this.present = [...this.present, replica].sort((a, b) => a.name.localeCompare(b.name));
    this.probes.watch(replica);
  }

  async remove(replica: Replica): Promise<void> {
    this.present = this.present.filter((other) => other !== replica);
    await replica.remove();
  }

  /** Breaks the database or the network to it, which may also carry the bus. */
  async withoutDatabase(work: () => Promise<void>): Promise<void> {
    const outage = { from: performance.now(), to: Infinity };
    this.outages.push(outage);
    if (this.redis) await work();
    else await this.withoutBus(work);
    outage.to = performance.now();
  }

  async withoutBus(work: () => Promise<void>): Promise<void> {
    const endOutage = this.record.beginOutage();
    await work();
    endOutage();
  }

  async heal(): Promise<void> {
    await this.probes.becomes(true, this.present);
  }

  /** Resolves when every replica lists all residents: an earlier fault would end stays that no replica has seen. */
  private async introduce(): Promise<void> {
    const unknownTo = (replica: Replica) => {
      const listed = known(replica);
      return this.record.stays.map(({ username }) => username).filter((name) => !listed?.has(name));
    };
    const isDone = () => this.present.every((replica) => unknownTo(replica).length === 0);
    if (await within(INTRODUCTION_MS, isDone)) return;
    const missing = this.present.map((replica) => `${replica.name}: ${unknownTo(replica).join(', ') || 'none'}`);
    throw new Error(`users that each replica does not list after ${INTRODUCTION_MS / 1000} s: ${missing.join('; ')}`);
  }

  async settle(users: readonly string[]): Promise<void> {
    const expected = () => {
      const residents = this.record.stays.filter(({ since, until }) => since < Infinity && until === Infinity);
      return new Set([...users, ...residents.map(({ username }) => username)]);
    };
    const agrees = (replica: Replica) => isDeepStrictEqual(known(replica), expected());
    await within(SETTLE_MS, () => this.present.every(agrees));
    for (const replica of this.present.filter((one) => !agrees(one))) {
      const [has, ought] = [known(replica) ?? [], expected()].map((names) => [...names].sort().join(', '));
      this.probes.violations.push(violation('presence', `${replica.name} lists ${has!}, expected ${ought!}`));
    }
    this.record.endedAt = performance.now();
  }

  async stop(): Promise<void> {
    await this.probes.stop();
    await Promise.all(this.present.map((replica) => replica.stop()));
  }

  async read(): Promise<Stored> {
    return (this.stored = await readPostgres(this.postgres.url));
  }

  async copies(): Promise<readonly Copy[]> {
    const dump = join(this.folder, 'dump.sql');
    await this.postgres.dump(dump);
    return copyIn(dump, 'a dump');
  }

  violations(): Violation[] {
    return [...this.probes.violations, ...checkPresence(this.record)];
  }

  figures(): Figures {
    const { reads, refusedReads, longestReadMs } = this.probes;
    const { watches, stays } = this.record;
    return [
      [
        'reads over REST',
        `${reads}, ${refusedReads} of them refused, the longest took ${Math.round(longestReadMs)} ms`,
      ],
      ['joins and leaves seen', watches.reduce((sum, { events }) => sum + events.length, 0)],
      ['users who stayed', stays.length],
      ['replicas', this.all.length],
    ];
  }

  keep(): void {
    const write = (name: string, content: unknown) =>
      writeFileSync(join(this.folder, `${name}.json`), JSON.stringify(content, undefined, 1));
    write('presence', this.record);
    if (this.stored) write('stored', { ...this.stored, byId: undefined });
  }

  abandon(): void {
    for (const { server } of this.all) server.abandon();
    this.redis?.abandon();
    this.postgres.abandon();
    rmSync(this.postgresFolder, { recursive: true, force: true });
  }
}

/** Users that this replica lists; undefined while its watcher is disconnected. */
function known({ watch }: Replica): Set<string> | undefined {
  return watch && presentAt(watch, Infinity);
}
