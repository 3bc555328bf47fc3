import { setTimeout as delay } from 'node:timers/promises';
import type { History, SanctionKind } from './history';
import { tokenOf } from './identities';
import type { Random } from './random';
import { act } from './rest';
import type { Where } from './where';

/** Alternately mutes and bans one user over REST, and lifts each sanction again. */
export class Warden {
  private readonly token = tokenOf('warden', 'moderator')!;
  private isFinishing = false;
  private running: Promise<void> = Promise.resolve();
  isDone = false;

  constructor(
    private readonly where: Where,
    private readonly random: Random,
    private readonly history: History,
    private readonly username: string,
    /** Minimum duration of a mute or ban, in milliseconds. */
    private readonly lasting: number,
    /** Called after the last sanction is lifted. */
    private readonly released: () => void,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Lifts the current sanction and imposes no further one. */
  finish(): void {
    this.isFinishing = true;
  }

  async stop(): Promise<void> {
    this.finish();
    await this.running;
  }

  private async run(): Promise<void> {
    for (let kind: SanctionKind = 'mute'; !this.isFinishing; kind = kind === 'mute' ? 'ban' : 'mute') {
      await this.pause(this.random.whole(500, 1_500));
      await this.sanction(kind).catch(() => undefined);
    }
    this.isDone = true;
    this.released();
  }

  private async sanction(kind: SanctionKind): Promise<void> {
    const path = `/api/users/${this.username}/${kind}`;
    await act(this.where, 'POST', path, this.token);
    const sanction = { kind, username: this.username, from: performance.now(), to: Infinity };
    this.history.sanctions.push(sanction);
    await this.pause(this.lasting + this.random.whole(0, 1_000));
    sanction.to = performance.now();
    await act(this.where, 'DELETE', path, this.token);
  }

  private async pause(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    while (!this.isFinishing && performance.now() < end) await delay(50);
  }
}
