import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { promisify } from 'node:util';
import { testFolder } from './database';

const run = promisify(execFile);
const HOME = '/usr/lib/postgresql';

/** Where PostgreSQL's own programs are, or nothing. */
export const postgresPrograms = findPrograms();

/** A PostgreSQL server of a test's own, for what must not be done to a shared one. It cannot run as root. */
export class PostgresServer {
  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(): Promise<PostgresServer> {
    const server = await PostgresServer.prepare();
    await server.start();
    return server;
  }

  /** Everything but the start. */
  static async prepare(): Promise<PostgresServer> {
    const folder = testFolder();
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
