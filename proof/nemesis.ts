import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from './random';
import type { Server } from './server';
import type { SmallDisk } from './small-disk';
import type { Client, Listener } from './socket-client';
import { sendTornFrame } from './torn-frame';
import type { Circumstances } from './writer';

export const FAULTS = ['kill', 'stop', 'freeze', 'cut', 'tear', 'flood', 'fill', 'jump'] as const;
export type Fault = (typeof FAULTS)[number];

const DAY = 24 * 60 * 60 * 1000;
/** How long writers get to use up what is left in the files of a full disk. */
const FILLING_MS = 4_000;

export interface Stage {
  readonly server: Server;
  readonly disk: SmallDisk | undefined;
  readonly clients: readonly Client[];
  readonly listeners: readonly Listener[];
  readonly circumstances: Circumstances;
  readonly say: (line: string) => void;
}

/** Breaks something, heals it, waits, and goes on; each kind once before any comes again. */
export class Nemesis {
  readonly counts = new Map<Fault, number>();

  constructor(
    private readonly stage: Stage,
    private readonly random: Random,
    private readonly faults: readonly Fault[],
  ) {}

  /** For this time, and until each kind has been there once; when it returns, nothing is broken any more. */
  async rage(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    for (let bag: Fault[] = []; ;) {
      await delay(this.random.whole(200, 800));
      const isOver = performance.now() > end && this.counts.size === this.faults.length;
      if (isOver || this.stage.server.deaths.length > 0) return;
      if (bag.length === 0) bag = this.random.shuffled(this.faults);
      const fault = bag.pop()!;
      this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
      await this[fault]();
    }
  }

  private async kill(): Promise<void> {
    const pause = this.random.whole(0, 500);
    this.stage.say(`SIGKILL, restart after ${pause} ms`);
    await this.stage.server.kill();
    await delay(pause);
    await this.stage.server.start();
  }

  private async stop(): Promise<void> {
    this.stage.say('SIGTERM, restart');
    await this.stage.server.stop();
    await this.stage.server.start();
  }

  private async freeze(): Promise<void> {
    const { server, say } = this.stage;
    const pause = this.random.whole(200, 2_500);
    const isFatal = this.random.chance(0.3);
    say(`SIGSTOP for ${pause} ms${isFatal ? ', then SIGKILL and restart' : ''}`);
    server.freeze();
    await delay(pause);
    if (isFatal) {
      await server.kill();
      await server.start();
    } else server.thaw();
  }

  private cut(): Promise<void> {
    const { clients, say } = this.stage;
    const victims = this.random.shuffled(clients).slice(0, this.random.whole(1, clients.length));
    say(`${victims.length} connections cut`);
    for (const victim of victims) victim.cut();
    return Promise.resolve();
  }

  private async tear(): Promise<void> {
    const count = this.random.whole(1, 5);
    this.stage.say(`${count} half-sent frames`);
    await Promise.all(Array.from({ length: count }, () => sendTornFrame(this.stage.server.port, this.random)));
  }

  /** So much is said that readers who stall are behind by more than the kernel keeps for them. */
  private async flood(): Promise<void> {
    const { listeners, circumstances, say } = this.stage;
    const pause = this.random.whole(1_500, 4_000);
    const victims = this.random.shuffled(listeners).slice(0, this.random.whole(1, listeners.length));
    say(`${victims.length} readers stall for ${pause} ms while much is said`);
    for (const victim of victims) victim.stall(pause);
    circumstances.isVerbose = true;
    await delay(pause);
    circumstances.isVerbose = false;
  }

  private async fill(): Promise<void> {
    const { server, disk, circumstances, say } = this.stage;
    if (!disk) return;
    const pause = this.random.whole(200, 1_500);
    const isFatal = this.random.chance(0.4);
    const [before, start] = [circumstances.unstored, performance.now()];
    disk.fill();
    circumstances.isVerbose = true;
    say(`disk full until ${pause} ms after the first refusal${isFatal ? ', then SIGKILL and restart' : ''}`);
    while (circumstances.unstored === before && performance.now() < start + FILLING_MS) await delay(20);
    await delay(pause);
    if (isFatal) await server.kill();
    disk.empty();
    circumstances.isVerbose = false;
    if (isFatal) await server.start();
  }

  private jump(): Promise<void> {
    const offset =
      this.random.pick([-400, -2, -1, -0.01, 0, 0.01, 1, 2, 400]) * DAY + this.random.whole(-60_000, 60_000);
    this.stage.say(`clock ${offset < 0 ? 'back' : 'ahead'} by ${(Math.abs(offset) / DAY).toFixed(3)} days`);
    this.stage.server.setClock(offset);
    return Promise.resolve();
  }
}
