import { setTimeout as delay } from 'node:timers/promises';
import type { Deeds } from '../nemesis';
import type { Random } from '../random';
import type { Stage } from '../subject';
import type { Cluster } from './cluster';
import { endConnections } from './read-postgres';
import type { Replica } from './replica';

/** Shorter than the silence after which the users of a replica are taken for gone. */
const MAX_FREEZE_MS = 4_000;
const MAX_REPLICAS = 5;

/** What can be done to replicas, to what they share, and to the networks between. */
export class ClusterFaults {
  constructor(
    private readonly cluster: Cluster,
    private readonly stage: Stage,
    private readonly random: Random,
  ) {}

  get deeds(): Deeds {
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
    const others = replicas.filter((replica) => replica !== victim);
    this.stage.say(
      `PostgreSQL stopped (${mode}) for ${pause} ms${isShort ? '' : ' after everyone has noticed'}` +
        (victim ? `; SIGKILL to ${victim.name} meanwhile, restart` : ''),
    );
    let restarted: Promise<void> | undefined;
    await this.cluster.withoutDatabase(async () => {
      await postgres.stop(mode);
      await victim?.kill();
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
    const victims = this.random.chance(0.5) ? replicas : [this.random.pick(replicas)];
    const pause = this.random.whole(200, MAX_FREEZE_MS);
    const isCut = this.random.chance(0.4);
    const names = victims.map(({ name }) => name).join(', ');
    this.stage.say(`network from ${names} to PostgreSQL frozen for ${pause} ms, then ${isCut ? 'cut' : 'resumed'}`);
    await this.cluster.withoutDatabase(async () => {
      for (const { postgres } of victims) postgres.freeze();
      if (pause > MAX_FREEZE_MS / 2) await this.cluster.probes.becomes(false, victims);
      else await delay(pause);
      for (const { postgres } of victims) {
        if (isCut) postgres.cut();
        postgres.resume();
      }
    });
    await this.recover();
  }

  private async loseRedis(): Promise<void> {
    const redis = this.cluster.redis!;
    const pause = this.random.whole(500, 5_000);
    const way = this.random.pick(['stopped', 'frozen', 'cut off']);
    this.stage.say(`Redis ${way} for ${pause} ms`);
    await this.cluster.withoutBus(async () => {
      if (way === 'stopped') await redis.stop();
      else if (way === 'frozen') redis.freeze();
      else for (const replica of this.cluster.replicas) replica.redis!.cut();
      await delay(pause);
      if (way === 'stopped') await redis.start();
      else if (way === 'frozen') redis.thaw();
    });
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
      this.stage.say('a replica more');
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

  /** Mostly waits until all is well; else the next fault meets what has not recovered yet. */
  private async recover(): Promise<void> {
    if (this.random.chance(0.7)) await this.cluster.probes.becomes(true, this.running);
  }

  private get running(): readonly Replica[] {
    return this.cluster.replicas.filter(({ isUp }) => isUp);
  }
}
