import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Violation } from './checks/violation';
import { Cluster } from './cluster/cluster';
import { ClusterFaults } from './cluster/cluster-faults';
import type { History } from './history';
import type { Faults } from './nemesis';
import type { Options } from './options';
import type { Random } from './random';
import { ServerFaults } from './server-faults';
import { SingleServer } from './single-server';
import type { Stage, Subject } from './subject';

/** The folder of a run and its subject; leaves nothing behind but evidence. */
export class Workplace {
  private isEvidence = false;

  private constructor(
    readonly folder: string,
    readonly subject: Subject,
    /** The faults that can be injected into the subject. */
    readonly faultsOf: (stage: Stage, random: Random) => Faults,
  ) {}

  static async create(options: Options): Promise<Workplace> {
    const folder = mkdtempSync(join(tmpdir(), 'chat-proof-'));
    if (options.isCluster) {
      const cluster = await Cluster.create(folder, options);
      return new Workplace(folder, cluster, (stage, random) => new ClusterFaults(cluster, stage, random).faults);
    }
    const single = await SingleServer.create(folder, options);
    return new Workplace(folder, single, (stage, random) => new ServerFaults(single, stage, random).faults);
  }

  /** Keeps the database and the logs when the folder is removed. */
  keep(): void {
    this.isEvidence = true;
    this.subject.keep();
  }

  /** Keeps the clients' records as well. */
  keepRecords(history: History, violations: readonly Violation[]): void {
    this.write('violations', violations);
    for (const feed of [...history.feeds, ...history.v1Feeds]) this.write(feed.name.replaceAll(/\W+/g, '-'), feed);
  }

  remove(): void {
    this.subject.abandon();
    if (!this.isEvidence) rmSync(this.folder, { recursive: true, force: true });
  }

  private write(name: string, content: unknown): void {
    writeFileSync(join(this.folder, `${name}.json`), JSON.stringify(content, undefined, 1));
  }
}
