import { execFileSync } from 'node:child_process';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from './database';
import { ServerProcess } from './server-process';

const ROOT = join(__dirname, '../..');
/** The build of the last release, from `scripts/pack-release.js`. Kept here, as a clone need not have its sources. */
const ARCHIVE = readdirSync(join(ROOT, 'test/releases')).find((name) => name.endsWith('.tgz'))!;

export const LAST_RELEASE = /^chat-(.*)\.tgz$/.exec(ARCHIVE)![1]!;

/** The server of the last release, with the packages of this one. */
export class LastRelease {
  private constructor(private readonly main: string) {}

  static unpack(): LastRelease {
    const folder = testFolder();
    execFileSync('tar', ['-xzf', join(ROOT, 'test/releases', ARCHIVE), '-C', folder]);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return new LastRelease(join(folder, 'src/main.js'));
  }

  async start(environment: Record<string, string>): Promise<ServerProcess> {
    const server = this.spawn(environment);
    await server.listening();
    return server;
  }

  /** Starts it without waiting until it is ready. */
  spawn(environment: Record<string, string>): ServerProcess {
    return ServerProcess.run([process.execPath, this.main], environment);
  }
}
