import { execFile } from 'node:child_process';
import { chownSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { freePort } from '../free-port';

const run = promisify(execFile);
const HOME = '/usr/lib/postgresql';

/** Where PostgreSQL's own programs are, or nothing. */
export const postgresPrograms = findPrograms();

/** A PostgreSQL server of one's own, for what must not be done to a shared one. It cannot run as root. */
export class PostgresServer {
  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  /** Everything but the start, in an empty folder that the user `postgres` can get to. */
  static async prepare(folder: string): Promise<PostgresServer> {
    if (process.getuid!() === 0) {
      const { stdout } = await run('id', ['-u', 'postgres']);
      chownSync(folder, Number(stdout), -1);
    }
    await program('initdb', '-D', `${folder}/data`, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync');
    return new PostgresServer(folder, await freePort());
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  async start(): Promise<void> {
    const options = `-p ${this.port} -c listen_addresses=127.0.0.1 -k ${this.folder}`;
    await program('pg_ctl', 'start', '-w', '-D', `${this.folder}/data`, '-l', `${this.folder}/log`, '-o', options);
  }

  /** `immediate` is a crash: nothing is written before the end. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await program('pg_ctl', 'stop', '-w', '-D', `${this.folder}/data`, '-m', mode);
  }

  /** Ends it at once, and waits for nothing. */
  abandon(): void {
    try {
      const [pid] = readFileSync(`${this.folder}/data/postmaster.pid`, 'utf8').split('\n');
      process.kill(Number(pid), 'SIGQUIT');
    } catch {
      // It does not run.
    }
  }
}

function program(name: string, ...parameters: string[]): Promise<unknown> {
  const path = `${postgresPrograms}/${name}`;
  // pg_ctl leaves the server behind, which must not hold the ends of our pipes.
  const command = `exec "$0" "$@" >/dev/null 2>&1 </dev/null`;
  if (process.getuid!() !== 0) return run('sh', ['-c', command, path, ...parameters]);
  return run('runuser', ['-u', 'postgres', '--', 'sh', '-c', command, path, ...parameters], { cwd: '/' });
}

function findPrograms(): string | undefined {
  if (!existsSync(HOME)) return undefined;
  const versions = readdirSync(HOME).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => `${HOME}/${version}/bin`).find((folder) => existsSync(`${folder}/initdb`));
}
