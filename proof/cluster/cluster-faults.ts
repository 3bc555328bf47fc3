import { setTimeout as delay } from 'node:timers/promises';
import type { Faults } from '../nemesis';
import type { Random } from '../random';
import type { Stage } from '../subject';
import type { Cluster } from './cluster';
import { endConnections } from './read-postgres';
import type { Replica } from './replica';

/** Longest freeze of one replica's bus, in milliseconds: shorter than the silence after which a replica counts as gone. */
const MAX_SILENCE_MS = 4_000;
const MAX_FREEZE_MS = 8_000;
/** Time after which every probe has hit the frozen network, in milliseconds. */
const NOTICED_MS = 3_000;
const MAX_REPLICAS = 5;

/** Faults of replicas, of the servers they share, and of the networks between. */
export class ClusterFaults {
  constructor(
    private readonly cluster: Cluster,
    private readonly stage: Stage,
    private readonly random: Random,
  ) {}

  get faults(): Faults {
    return {
      restart: () => this.restart(),
      terminate: () => this.terminate(),
      freeze: () => this.freeze(),
      ...(this.cluster.redis && { redis: () => this.loseRedis() }),
      kill: () => this.kill(),
      stop: () => this.stop(),
      add: () => this.add(),
      cut: () => this.cut(),
    };
  }

  private async restart(): Promise<void> {
    const { postgres, replicas } = this.cluster;
    const mode = this.random.pick(['fast', 'immediate'] as const);
    const pause = this.random.whole(0, 3_000);
    const isShort = this.random.chance(0.3);
    const victim = this.random.chance(0.3) ? this.random.pick(replicas) : undefined;
    const way = this.random.pick(['SIGKILL', 'SIGTERM']);
    const others = replicas.filter((replica) => replica !== victim);
    this.stage.say(
      `PostgreSQL stopped (${mode}) for ${pause} ms${isShort ? '' : ' after every replica noticed'}` +
        (victim ? `; ${way} to ${victim.name} meanwhile, restart` : ''),
    );
    let restarted: Promise<void> | undefined;
    await this.cluster.withoutDatabase(async () => {
      await postgres.stop(mode);
      await (way === 'SIGKILL' ? victim?.kill() : victim?.stop());
      restarted = victim?.start();
      if (!isShort) await this.cluster.probes.becomes(false, others);
      await delay(pause);
      await postgres.start();
    });
    await restarted;
    await this.recover();
  }

  private async terminate(): Promise<void> {
    const times = this.random.whole(1, 3);
    this.stage.say(`all connections of PostgreSQL ended, ${times} times`);
    await this.cluster.withoutDatabase(async () => {
      for (let i = 0; i < times; i++) {
        await endConnections(this.cluster.postgres.url);
        await delay(this.random.whole(0, 500));
      }
    });
    await this.recover();
  }

  private async freeze(): Promise<void> {
    const { replicas } = this.cluster;
    const isForAll = this.random.chance(0.5);
    const victims = isForAll ? replicas : [this.random.pick(replicas)];
    const pause = this.random.whole(200, isForAll || this.cluster.redis ? MAX_FREEZE_MS : MAX_SILENCE_MS);
    const isCut = this.random.chance(0.4);
    const names = victims.map(({ name }) => name).join(', ');
    this.stage.say(`network from ${names} to PostgreSQL frozen for ${pause} ms, then ${isCut ? 'cut' : 'resumed'}`);
    await this.cluster.withoutDatabase(async () => {
      for (const { postgres } of victims) postgres.freeze();
      await Promise.all([delay(pause), pause > NOTICED_MS && this.cluster.probes.becomes(false, victims)]);
      for (const { postgres } of victims) {
        if (isCut) postgres.cut();
        postgres.resume();
      }
    });
    await this.recover();
  }

  private async loseRedis(): Promise<void> {
    const redis = this.cluster.redis!;
    const pause = this.random.whole(500, MAX_FREEZE_MS);
    const way = this.random.pick(['stopped', 'frozen', 'cut', 'partition'] as const);
    await this.cluster.withoutBus(async () => {
      switch (way) {
        case 'stopped':
          this.stage.say(`Redis stopped for ${pause} ms`);
          await redis.stop();
          await delay(pause);
          await redis.start();
          break;
        case 'frozen':
          this.stage.say(`Redis frozen for ${pause} ms`);
          redis.freeze();
          await delay(pause);
          redis.thaw();
          break;
        case 'cut':
          this.stage.say('all connections to Redis cut');
          for (const replica of this.cluster.replicas) replica.redis!.cut();
          break;
        case 'partition':
          await this.partition(Math.min(pause, MAX_SILENCE_MS));
      }
    });
  }

  private async partition(milliseconds: number): Promise<void> {
    const victim = this.random.pick(this.cluster.replicas);
    this.stage.say(`network from ${victim.name} to Redis frozen for ${milliseconds} ms`);
    victim.redis!.freeze();
    await delay(milliseconds);
    victim.redis!.resume();
  }

  private async kill(): Promise<void> {
    const victim = this.random.pick(this.cluster.replicas);
    const pause = this.random.whole(0, 2_000);
    this.stage.say(`SIGKILL to ${victim.name}, restart after ${pause} ms`);
    await victim.kill();
    await delay(pause);
    await victim.start();
  }

  private async stop(): Promise<void> {
    const victim = this.random.pick(this.cluster.replicas);
    this.stage.say(`SIGTERM to ${victim.name}, restart`);
    await victim.stop();
    await victim.start();
  }

  private async add(): Promise<void> {
    const { replicas } = this.cluster;
    if (replicas.length < MAX_REPLICAS) {
      this.stage.say('one replica more');
      await this.cluster.add();
      return;
    }
    const victim = this.random.pick(replicas);
    this.stage.say(`SIGTERM to ${victim.name}, which does not come back`);
    await this.cluster.remove(victim);
  }

  private cut(): Promise<void> {
    const { clients, say } = this.stage;
    if (this.random.chance(0.5)) {
      const victim = this.random.pick(this.cluster.replicas);
      say(`all client connections of ${victim.name} cut`);
      victim.clients.cut();
    } else {
      const victims = this.random.shuffled(clients).slice(0, this.random.whole(1, clients.length));
      say(`${victims.length} client connections cut`);
      for (const client of victims) client.cut();
    }
    return Promise.resolve();
  }

  /** Mostly waits for recovery; otherwise the next fault hits a cluster that is still recovering. */
  private async recover(): Promise<void> {
    if (this.random.chance(0.7)) await this.cluster.probes.becomes(true, this.running);
  }

  private get running(): readonly Replica[] {
    return this.cluster.replicas.filter(({ isUp }) => isUp);
  }
}
