import { execFileSync } from 'node:child_process';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from './database';
import { ServerProcess } from './server-process';

const ROOT = join(__dirname, '../..');
/** The sources of the last release, from `scripts/pack-release.js`. Kept here, as a shallow clone does not have them. */
const ARCHIVE = readdirSync(join(ROOT, 'test/releases')).find((name) => name.endsWith('.tgz'))!;

export const LAST_RELEASE = /^chat-(.*)\.tgz$/.exec(ARCHIVE)![1]!;

/** The server of the last release, with the packages of this one. */
export class LastRelease {
  private constructor(private readonly main: string) {}

  static unpack(): LastRelease {
    const folder = testFolder();
    execFileSync('tar', ['-xzf', join(ROOT, 'test/releases', ARCHIVE), '-C', folder]);
    for (const name of ['node_modules', 'package-lock.json']) symlinkSync(join(ROOT, name), join(folder, name));
    execFileSync(process.execPath, [join(folder, 'scripts/build.js')]);
    return new LastRelease(join(folder, 'dist/src/main.js'));
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
