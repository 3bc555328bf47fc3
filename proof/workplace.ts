import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Violation } from './checks/violation';
import type { History } from './history';
import { Server } from './server';
import { SmallDisk } from './small-disk';

/** The folder of a run with the server and its disk; leaves nothing behind unless it is evidence. */
export class Workplace {
  private isEvidence = false;

  private constructor(
    readonly folder: string,
    readonly server: Server,
    /** Undefined where this machine does not allow one. */
    readonly disk: SmallDisk | undefined,
  ) {}

  static async create(seconds: number, sabotage: string | undefined): Promise<Workplace> {
    const folder = mkdtempSync(join(tmpdir(), 'chat-proof-'));
    const data = join(folder, 'data');
    mkdirSync(data);
    const disk = SmallDisk.mount(data, Math.min(1024, 64 + 2 * seconds));
    return new Workplace(folder, await Server.create(folder, data, sabotage), disk);
  }

  /** Keeps the database and the server's log when the place is removed. */
  keep(): void {
    this.isEvidence = true;
    for (const suffix of ['', '-wal']) {
      const file = this.server.path + suffix;
      if (existsSync(file)) copyFileSync(file, join(this.folder, `chat.sqlite${suffix}`));
    }
  }

  /** Keeps what the clients saw, too. */
  keepRecords(history: History, violations: readonly Violation[]): void {
    this.write('violations', violations);
    for (const feed of [...history.feeds, ...history.v1Feeds]) this.write(feed.name.replaceAll(/\W+/g, '-'), feed);
  }

  remove(): void {
    this.server.abandon();
    this.disk?.unmount();
    rmSync(this.isEvidence ? join(this.folder, 'data') : this.folder, { recursive: true, force: true });
  }

  private write(name: string, content: unknown): void {
    writeFileSync(join(this.folder, `${name}.json`), JSON.stringify(content, undefined, 1));
  }
}
