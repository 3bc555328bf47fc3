import { setTimeout as delay } from 'node:timers/promises';
import type { Faults } from './nemesis';
import type { Random } from './random';
import type { SingleServer } from './single-server';
import type { Stage } from './subject';
import { sendTornFrame } from './torn-frame';

const DAY = 24 * 60 * 60 * 1000;
/** Time for writers to use up the free pages in the files of a full disk, in milliseconds. */
const FILLING_MS = 4_000;

/** Faults of one server and its disk. */
export class ServerFaults {
  constructor(
    private readonly subject: SingleServer,
    private readonly stage: Stage,
    private readonly random: Random,
  ) {}

  get faults(): Faults {
    return {
      kill: () => this.kill(),
      stop: () => this.stop(),
      freeze: () => this.freeze(),
      cut: () => this.cut(),
      tear: () => this.tear(),
      flood: () => this.flood(),
      ...(this.subject.disk && { fill: () => this.fill() }),
      jump: () => this.jump(),
    };
  }

  private async kill(): Promise<void> {
    const pause = this.random.whole(0, 500);
    this.stage.say(`SIGKILL, restart after ${pause} ms`);
    await this.subject.server.kill();
    await delay(pause);
    await this.subject.server.start();
  }

  private async stop(): Promise<void> {
    this.stage.say('SIGTERM, restart');
    await this.subject.server.stop();
    await this.subject.server.start();
  }

  private async freeze(): Promise<void> {
    const { server } = this.subject;
    const { say } = this.stage;
    const pause = this.random.whole(200, 2_500);
    const isFatal = this.random.chance(0.3);
    say(`SIGSTOP for ${pause} ms${isFatal ? ', then SIGKILL and restart' : ''}`);
    server.signal('SIGSTOP');
    await delay(pause);
    if (isFatal) {
      await server.kill();
      await server.start();
    } else server.signal('SIGCONT');
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
    await Promise.all(Array.from({ length: count }, () => sendTornFrame(this.subject.server.port, this.random)));
  }

  /** Stalls readers under long texts, so that more is unsent than the kernel buffers. */
  private async flood(): Promise<void> {
    const { listeners, circumstances, say } = this.stage;
    const pause = this.random.whole(1_500, 4_000);
    const victims = this.random.shuffled(listeners).slice(0, this.random.whole(1, listeners.length));
    say(`${victims.length} readers stall for ${pause} ms under long texts`);
    for (const victim of victims) victim.stall(pause);
    circumstances.isVerbose = true;
    await delay(pause);
    circumstances.isVerbose = false;
  }

  private async fill(): Promise<void> {
    const { server, disk } = this.subject;
    const { circumstances, say } = this.stage;
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
    this.subject.setClock(offset);
    return Promise.resolve();
  }
}
