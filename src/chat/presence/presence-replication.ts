import { Logger } from '@nestjs/common';
import type { ClusterBus } from '../../cluster/cluster-bus';
import { COMMITTED } from '../../messages/feed/broadcast-batch';
import type { CancelTimer, Clock } from '../../platform/lifecycle/clock';
import { SampledLog } from '../../platform/logging/sampled-log';
import type { Metrics } from '../../platform/metrics/metrics';
import { LocalUsers } from './local-users';
import { checkPresenceMessage, PRESENCE, type PresenceMessage } from './presence-messages';
import { RemoteReplica } from './remote-replica';
import type { Roster } from './roster';

/** Maximum replicas remembered; messages of others are dropped. */
const MAX_REPLICAS = 1_000;
const HEARTBEAT_MS = 3_000;
/**
 * Own heartbeats without a message after which a replica is considered dead: within 15 s. Heartbeats rather than a clock, so that
 * a process that was suspended does not declare all others dead when it resumes.
 */
const MAX_MISSED_HEARTBEATS = 4;
/**
 * Delay before changes are broadcast; they precede the next chat message at the latest, so that a join comes first everywhere.
 */
const CHANGES_MS = 50;
/** Interval at which a changed number of connections is broadcast. */
const COUNT_MS = 250;
/** Time in which snapshot requests are coalesced into one snapshot, and time that the start waits for the snapshots of others. */
const SNAPSHOT_MS = 20;
const START_MS = 200;

/**
 * Presence across replicas: broadcasts this replica's users, and keeps those of the others in the roster. Messages lost by the
 * bus leave a gap in the sequence, which a snapshot repairs. Must not know who is told of it.
 */
export class PresenceReplication {
  private readonly log: SampledLog;
  private readonly replicas = new Map<string, RemoteReplica>();
  private readonly users = new LocalUsers();
  private readonly intervals: CancelTimer[] = [];
  private cancelSnapshot: CancelTimer | undefined;
  private cancelChanges: CancelTimer | undefined;
  private sentConnections = 0;

  constructor(
    private readonly bus: ClusterBus,
    private readonly roster: Pick<Roster, 'add' | 'remove' | 'type'>,
    /** This replica's connections. */
    private readonly local: { readonly size: number },
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.log = new SampledLog(new Logger('Presence'), clock);
  }

  /** Client connections of the other replicas. */
  get connections(): number {
    let sum = 0;
    for (const { connections } of this.replicas.values()) sum += connections;
    return sum;
  }

  /** Resolves after the other replicas had time to answer, so that the first client sees the users of all replicas. */
  async start(): Promise<void> {
    this.metrics.gauge('chat_replicas', 'Live replicas, including this one', () => this.replicas.size + 1);
    if (!this.bus.isShared) return;
    this.bus.subscribe<unknown>(PRESENCE, (message, from) => {
      if (from === undefined) return;
      checkPresenceMessage(message);
      this.receive(message, from);
    });
    // Own batches are delivered here before they are sent to the others.
    this.bus.subscribe(COMMITTED, (_batch, from) => {
      if (from === undefined) this.flush();
    });
    this.bus.onReturn(() => this.reintroduce());
    this.bus.onMeeting(() => this.introduce());
    this.intervals.push(this.clock.every(HEARTBEAT_MS, () => this.heartbeat()));
    this.intervals.push(this.clock.every(COUNT_MS, () => this.sendCount()));
    this.introduce();
    await this.clock.delay(START_MS);
  }

  stop(): void {
    if (!this.bus.isShared) return;
    for (const cancel of this.intervals) cancel();
    this.cancelSnapshot?.();
    this.cancelChanges?.();
    // Nothing may follow the goodbye: the others would take it for a sign of life.
    this.users.takeChanges();
    this.publish({ kind: 'bye' });
  }

  /** A user joined on this replica, or left it. */
  changed(username: string, isPresent: boolean): void {
    if (!this.bus.isShared) return;
    this.cancelChanges ??= this.clock.after(CHANGES_MS, () => this.flush());
    this.users.change(username, isPresent);
  }

  /** A user types on this replica. */
  typed(username: string): void {
    if (!this.bus.isShared) return;
    this.flush();
    this.publish({ kind: 'typing', username });
  }

  private receive(message: PresenceMessage, from: string): void {
    if (message.kind === 'bye') {
      this.forget(from, false);
      return;
    }
    const replica = this.replica(from);
    if (!replica) return;
    replica.missedHeartbeats = 0;
    switch (message.kind) {
      case 'beat':
        replica.connections = message.connections;
        if (!replica.isAt(message.sequence)) this.requestSnapshot(from, replica);
        break;
      case 'change':
        if (!replica.change(message.sequence, message.users)) this.requestSnapshot(from, replica);
        break;
      case 'account':
        replica.addSnapshotPart(message);
        break;
      case 'ask':
        if (message.of === undefined || message.of === this.bus.replicaId) this.sendSnapshot();
        break;
      case 'typing':
        this.roster.type(message.username);
    }
  }

  private replica(id: string): RemoteReplica | undefined {
    let replica = this.replicas.get(id);
    if (!replica && this.replicas.size < MAX_REPLICAS) {
      this.replicas.set(id, (replica = new RemoteReplica(this.roster)));
    }
    return replica;
  }

  private forget(id: string, isFinal: boolean): void {
    this.replicas.get(id)?.forget(isFinal);
    this.replicas.delete(id);
  }

  private requestSnapshot(id: string, replica: RemoteReplica): void {
    if (replica.isSnapshotRequested) return;
    replica.isSnapshotRequested = true;
    this.publish({ kind: 'ask', of: id });
  }

  /** The bus was down: silence until now does not count against the other replicas. */
  private reintroduce(): void {
    for (const replica of this.replicas.values()) replica.missedHeartbeats = 0;
    this.introduce();
  }

  /** Messages were missed, in both directions. */
  private introduce(): void {
    this.publish({ kind: 'ask' });
    this.sendSnapshot();
  }

  private heartbeat(): void {
    this.flush();
    this.sendHeartbeat();
    for (const [id, replica] of this.replicas) {
      replica.isSnapshotRequested = false;
      // Without the bus silence means nothing; the last known state is the best guess.
      if (!this.bus.isConnected || ++replica.missedHeartbeats < MAX_MISSED_HEARTBEATS) continue;
      this.log.warn('another replica is silent; its users count as gone');
      this.forget(id, true);
    }
  }

  private sendCount(): void {
    if (this.local.size !== this.sentConnections) this.sendHeartbeat();
  }

  private sendHeartbeat(): void {
    this.sentConnections = this.local.size;
    this.publish({ kind: 'beat', sequence: this.users.sequence, connections: this.local.size });
  }

  private flush(): void {
    this.cancelChanges?.();
    this.cancelChanges = undefined;
    for (const change of this.users.takeChanges()) this.publish(change);
  }

  /** Sent to all replicas; requests within SNAPSHOT_MS share one. */
  private sendSnapshot(): void {
    this.cancelSnapshot ??= this.clock.after(SNAPSHOT_MS, () => {
      this.cancelSnapshot = undefined;
      this.flush();
      for (const part of this.users.snapshot()) this.publish(part);
      this.sendHeartbeat();
    });
  }

  private publish(message: PresenceMessage): void {
    this.bus.publish(PRESENCE, message);
  }
}
