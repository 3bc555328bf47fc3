import { setTimeout as delay } from 'node:timers/promises';
import { violation, type Violation } from '../checks/violation';
import { within } from '../within';
import type { Answer, Replica } from './replica';

const INTERVAL_MS = 250;
/** Timeout of a read in milliseconds. The promise is two seconds, but the run itself loads the machine. */
const ANSWER_MS = 5_000;
/** Maximum delay until readiness follows the state of the database, in milliseconds. */
const READINESS_MS = 15_000;

/** Probes replicas during faults and records violations. */
export class Probes {
  readonly violations: Violation[] = [];
  /** Answered reads, and the refusals among them. */
  reads = 0;
  refusedReads = 0;
  longestReadMs = 0;
  private isStopped = false;
  private readonly running: Promise<void>[] = [];

  watch(replica: Replica): void {
    this.running.push(this.probe(replica, '/health/live', [200]));
    this.running.push(this.probe(replica, '/api/messages/recent?limit=5', [200, 503]));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.running);
  }

  /** Waits until these replicas report ready, or not ready. */
  async becomes(isReady: boolean, replicas: readonly Replica[]): Promise<void> {
    const status = isReady ? 200 : 503;
    const waitFor = async (replica: Replica) => {
      let last: Answer | undefined;
      const isSo = async () => (last = await replica.get('/health/ready', ANSWER_MS))?.status === status;
      if (await within(READINESS_MS, isSo)) return;
      const what = isReady ? 'does not become ready again' : 'stays ready without the database';
      const answer = last ? `${last.status} ${last.text}` : 'nothing';
      this.violations.push(violation('ready', `${replica.name} ${what}: it answers ${answer}`));
    };
    await Promise.all(replicas.map(waitFor));
  }

  private async probe(replica: Replica, path: string, allowed: readonly number[]): Promise<void> {
    while (!this.isStopped) {
      await delay(INTERVAL_MS);
      if (!replica.isUp) continue;
      const { ends } = replica;
      const begun = performance.now();
      const status = (await replica.get(path, ANSWER_MS))?.status;
      // A replica stopped meanwhile need not answer.
      if (replica.ends > ends) continue;
      this.answered(path, status, performance.now() - begun);
      if (status === undefined || !allowed.includes(status)) {
        this.violations.push(violation('probe', `${replica.name} answers ${path} with ${status ?? 'nothing'}`));
      }
    }
  }

  private answered(path: string, status: number | undefined, milliseconds: number): void {
    if (!path.startsWith('/api')) return;
    this.reads++;
    if (status === 503) this.refusedReads++;
    this.longestReadMs = Math.max(this.longestReadMs, milliseconds);
  }
}
