import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { ClusterBus } from '../../cluster/cluster-bus';
import { COMMITTED } from '../../messages/feed/message-feed';
import { Metrics } from '../../platform/metrics/metrics';
import { Connections } from '../sessions/connections';
import { checkPresenceMessage, MAX_NAMES, NAMES_PER_NEWS, PRESENCE, type PresenceMessage } from './presence-messages';
import { RemoteReplica } from './remote-replica';
import { Roster } from './roster';

/** Remembered, at most; what others say is not taken. */
const MAX_REPLICAS = 1_000;
const BEAT_MS = 3_000;
/**
 * Own beats without a word after which a replica is gone: within 15 s. Beats and not a clock, so that a process that was
 * stopped does not take the others for dead when it goes on.
 */
const MAX_MISSED_BEATS = 4;
/** How soon the others hear who came and left. With the next message at the latest, so that a join precedes it there, too. */
const CHANGES_MS = 50;
/** How soon the others hear of another number of connections. */
const COUNT_MS = 250;
/** How long an account waits for others to ask for it, too, and the start for the accounts. */
const ACCOUNT_MS = 20;
const START_MS = 200;

/**
 * Presence over replicas: tells the others who is with this one, and keeps what they tell in the roster. What the bus
 * loses shows in the sequence, and the whole account is asked for. It must not know who is told of it.
 */
@Injectable()
export class PresenceReplication implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Presence');
  private readonly replicas = new Map<string, RemoteReplica>();
  /** Who is with this replica, as far as the others are told. */
  private readonly own = new Set<string>();
  private readonly untold = new Map<string, boolean>();
  private readonly timers: NodeJS.Timeout[] = [];
  private snapshotTimer: NodeJS.Timeout | undefined;
  private changesTimer: NodeJS.Timeout | undefined;
  private sequence = 0;
  private toldConnections = 0;

  constructor(
    private readonly bus: ClusterBus,
    private readonly roster: Roster,
    private readonly local: Connections,
    private readonly metrics: Metrics,
  ) {}

  /** Connections to the other replicas. */
  get connections(): number {
    let sum = 0;
    for (const { connections } of this.replicas.values()) sum += connections;
    return sum;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.metrics.gauge('chat_replicas', 'Replicas that are heard of, with this one', () => this.replicas.size + 1);
    if (!this.bus.isShared) return;
    this.bus.subscribe<unknown>(PRESENCE, (news, from) => {
      if (from === undefined) return;
      checkPresenceMessage(news);
      this.receive(news, from);
    });
    // A batch of this replica's own is heard here before it is carried to the others.
    this.bus.subscribe(COMMITTED, (_batch, from) => {
      if (from === undefined) this.flush();
    });
    this.bus.onReturn(() => this.greetAnew());
    this.bus.onMeeting(() => this.greet());
    this.timers.push(setInterval(() => this.beat(), BEAT_MS).unref());
    this.timers.push(setInterval(() => this.tellCount(), COUNT_MS).unref());
    this.greet();
    // So that the first client is not greeted by a server that believes itself alone.
    await delay(START_MS);
  }

  onApplicationShutdown(): void {
    if (!this.bus.isShared) return;
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.snapshotTimer);
    clearTimeout(this.changesTimer);
    // Nothing may follow: the others would take it for a sign of life.
    this.untold.clear();
    this.publish({ kind: 'bye' });
  }

  /** A user came to this replica, or left it. */
  tell(username: string, isThere: boolean): void {
    if (!this.bus.isShared) return;
    this.changesTimer ??= setTimeout(() => this.flush(), CHANGES_MS).unref();
    this.untold.set(username, isThere);
    if (isThere) this.own.add(username);
    else this.own.delete(username);
  }

  tellTyping(username: string): void {
    if (!this.bus.isShared) return;
    this.flush();
    this.publish({ kind: 'typing', username });
  }

  private receive(news: PresenceMessage, from: string): void {
    if (news.kind === 'bye') {
      this.forget(from, false);
      return;
    }
    const replica = this.replica(from);
    if (!replica) return;
    replica.missedHeartbeats = 0;
    switch (news.kind) {
      case 'beat':
        replica.connections = news.connections;
        if (!replica.isAt(news.sequence)) this.ask(from, replica);
        break;
      case 'change':
        if (!replica.change(news.sequence, news.users)) this.ask(from, replica);
        break;
      case 'account':
        replica.take(news);
        break;
      case 'ask':
        if (news.of === undefined || news.of === this.bus.replicaId) this.sendSnapshot();
        break;
      case 'typing':
        this.roster.type(news.username);
    }
  }

  private replica(id: string): RemoteReplica | undefined {
    let replica = this.replicas.get(id);
    if (!replica && this.replicas.size < MAX_REPLICAS) {
      this.replicas.set(id, (replica = new RemoteReplica(this.roster)));
    }
    return replica;
  }

  private forget(id: string, isSure: boolean): void {
    this.replicas.get(id)?.forget(isSure);
    this.replicas.delete(id);
  }

  private ask(id: string, replica: RemoteReplica): void {
    if (replica.isAsked) return;
    replica.isAsked = true;
    this.publish({ kind: 'ask', of: id });
  }

  /** Nobody could be heard meanwhile. */
  private greetAnew(): void {
    for (const replica of this.replicas.values()) replica.missedHeartbeats = 0;
    this.greet();
  }

  /** What others said was missed, and they may have missed this replica. */
  private greet(): void {
    this.publish({ kind: 'ask' });
    this.sendSnapshot();
  }

  private beat(): void {
    this.flush();
    this.publishHeartbeat();
    for (const [id, replica] of this.replicas) {
      replica.isAsked = false;
      // Without the bus nobody is heard; the last that was known is the best guess.
      if (!this.bus.isConnected || ++replica.missedHeartbeats < MAX_MISSED_BEATS) continue;
      this.logger.warn('another replica is silent; its users are taken for gone');
      this.forget(id, true);
    }
  }

  private tellCount(): void {
    if (this.local.size !== this.toldConnections) this.publishHeartbeat();
  }

  private publishHeartbeat(): void {
    this.toldConnections = this.local.size;
    this.publish({ kind: 'beat', sequence: this.sequence, connections: this.local.size });
  }

  private flush(): void {
    clearTimeout(this.changesTimer);
    this.changesTimer = undefined;
    const users = [...this.untold];
    this.untold.clear();
    for (let start = 0; start < users.length; start += NAMES_PER_NEWS) {
      this.publish({ kind: 'change', sequence: ++this.sequence, users: users.slice(start, start + NAMES_PER_NEWS) });
    }
  }

  /** To all, once for all who ask at about the same time. */
  private sendSnapshot(): void {
    this.snapshotTimer ??= setTimeout(() => {
      this.snapshotTimer = undefined;
      this.flush();
      const names = [...this.own].slice(0, MAX_NAMES);
      const parts = Math.max(1, Math.ceil(names.length / NAMES_PER_NEWS));
      for (let part = 0; part < parts; part++) {
        const some = names.slice(part * NAMES_PER_NEWS, (part + 1) * NAMES_PER_NEWS);
        this.publish({ kind: 'account', sequence: this.sequence, part, parts, names: some });
      }
      this.publishHeartbeat();
    }, ACCOUNT_MS).unref();
  }

  private publish(news: PresenceMessage): void {
    this.bus.publish(PRESENCE, news);
  }
}
