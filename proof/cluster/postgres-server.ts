import { execFile } from 'node:child_process';
import { chownSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { freePort } from '../free-port';

const run = promisify(execFile);
const HOME = '/usr/lib/postgresql';

/** Folder of PostgreSQL's programs; undefined where it is not installed. */
export const postgresPrograms = findPrograms();

/** A private PostgreSQL server, for faults that a shared one must not suffer. It refuses to run as root. */
export class PostgresServer {
  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  /** Initialises it in an empty folder that the user `postgres` can access. */
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

  /** `immediate` is a crash: nothing is flushed. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await program('pg_ctl', 'stop', '-w', '-D', `${this.folder}/data`, '-m', mode);
  }

  /** Writes a backup as `pg_dump` makes it. */
  async dump(path: string): Promise<void> {
    await run(`${postgresPrograms}/pg_dump`, ['--file', path, this.url]);
  }

  /** Kills it without waiting. */
  abandon(): void {
    try {
      const [pid] = readFileSync(`${this.folder}/data/postmaster.pid`, 'utf8').split('\n');
      process.kill(Number(pid), 'SIGQUIT');
    } catch {
      // Not running.
    }
  }
}

function program(name: string, ...parameters: string[]): Promise<unknown> {
  const path = `${postgresPrograms}/${name}`;
  // The server that pg_ctl leaves behind must not inherit our pipes.
  const command = `exec "$0" "$@" >/dev/null 2>&1 </dev/null`;
  if (process.getuid!() !== 0) return run('sh', ['-c', command, path, ...parameters]);
  return run('runuser', ['-u', 'postgres', '--', 'sh', '-c', command, path, ...parameters], { cwd: '/' });
}

function findPrograms(): string | undefined {
  if (!existsSync(HOME)) return undefined;
  const versions = readdirSync(HOME).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => `${HOME}/${version}/bin`).find((folder) => existsSync(`${folder}/initdb`));
}
