import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FigureName, Measurement, Sample } from './figures';
import { GeneratorProcess } from './generator-process';
import type { Options } from './options';
import { ServerProcess, type Synchronous } from './server-process';
import type { Target } from './targets';

/** Keeps the whole run under ten minutes: cases not begun by then are left out, and the report says so. */
const TIME_LIMIT_MS = 9.5 * 60_000;
/** Cases without a goal are measured in one of this many rounds; so are suites without goals and slow ones. */
const OTHERS_EVERY = 3;

export interface Case {
  readonly suite: string;
  readonly case: string;
}

/** Shared by all suites: the generator, a folder for databases, and the order in which servers are measured. */
export class Session {
  readonly generator = new GeneratorProcess();
  readonly folder = mkdtempSync(join(tmpdir(), 'chat-bench-'));
  private readonly deadline = performance.now() + TIME_LIMIT_MS;
  private folders = 0;

  constructor(readonly options: Options) {}

  get isLate(): boolean {
    return performance.now() > this.deadline;
  }

  get fewRounds(): number {
    return Math.ceil(this.options.rounds / OTHERS_EVERY);
  }

  newFolder(): string {
    const folder = join(this.folder, String(this.folders++));
    mkdirSync(folder);
    return folder;
  }

  start(
    target: Target,
    { synchronous = 'full', folder = this.newFolder(), nodeOptions = [], settings = {} }: StartOptions = {},
  ): Promise<ServerProcess> {
    const profile = this.options.profile ? ['--cpu-prof', `--cpu-prof-dir=${resolve(this.options.out)}`] : [];
    return ServerProcess.start(target, { folder, synchronous, settings, nodeOptions: [...nodeOptions, ...profile] });
  }

  /** Starts the servers, gives them to `use`, and ends them. */
  async withServers<T>(
    targets: readonly Target[],
    options: StartOptions,
    use: (servers: readonly ServerProcess[]) => Promise<T>,
  ): Promise<T> {
    const servers: ServerProcess[] = [];
    try {
      for (const target of targets) servers.push(await this.start(target, options));
      return await use(servers);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  }

  /**
   * One case on each server in turn, round after round, so that other load on the machine affects all of them. Servers that
   * goals compare run right after each other, in alternating order.
   */
  async inTurn(
    name: Case,
    servers: readonly ServerProcess[],
    measure: (server: ServerProcess) => Promise<Sample>,
    rounds = this.options.rounds,
  ): Promise<Measurement[]> {
    const records = servers.map((server) => ({
      server,
      samples: [] as Sample[],
      failure: undefined as string | undefined,
    }));
    for (let round = 0; round < rounds; round++) {
      for (const record of turn(records, round)) {
        if (record.failure) continue;
        process.stderr.write(`${name.suite}, ${name.case}, round ${round + 1}: ${record.server.target.title}\n`);
        try {
          if (this.isLate) throw new Error('the time was up');
          const sample = await measure(record.server);
          if (sample.overtaken && record.server.target.isOrdered)
            throw new Error(`${sample.overtaken} messages were overtaken`);
          record.samples.push(sample);
        } catch (error) {
          record.failure = error instanceof Error ? error.message : String(error);
        }
      }
    }
    return records.map(({ server, samples, failure }) => ({
      ...name,
      target: server.target.name,
      rounds: columns(samples),
      ...(failure === undefined ? {} : { failure }),
    }));
  }

  close(): void {
    this.generator.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface StartOptions {
  readonly synchronous?: Synchronous;
  readonly folder?: string;
  readonly nodeOptions?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
}

function turn<T extends { server: ServerProcess }>(records: readonly T[], round: number): T[] {
  const compared = records.filter(({ server }) => server.target.isCompared);
  const others = records.filter((record) => !compared.includes(record));
  const all = round % OTHERS_EVERY === 0 ? [...compared, ...others] : compared;
  return round % 2 === 0 ? all : all.reverse();
}

function columns(samples: readonly Sample[]): Measurement['rounds'] {
  const names = Object.keys(samples[0] ?? {}) as FigureName[];
  return Object.fromEntries(names.map((name) => [name, samples.map((sample) => sample[name]!)]));
}
