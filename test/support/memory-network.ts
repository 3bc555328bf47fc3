import { ClusterBus } from '../../src/cluster/cluster-bus';

/** Connects replicas in one process. Payloads arrive in a later microtask, in order, after a JSON round trip. */
export class MemoryNetwork {
  readonly members = new Set<NetworkBus>();
  /** Filter for payloads; rejected ones are lost. */
  accepts: (topic: string, payload: unknown) => boolean = () => true;

  join(): NetworkBus {
    const bus = new NetworkBus(this);
    this.members.add(bus);
    return bus;
  }
}

/** One replica's bus on the network. */
export class NetworkBus extends ClusterBus {
  readonly kind = 'memory';
  readonly isShared = true;
  isConnected = true;

  constructor(private readonly network: MemoryNetwork) {
    super();
  }

  /** Disconnects or reconnects the replica. */
  connect(isConnected: boolean): void {
    this.isConnected = isConnected;
    if (isConnected) this.returned();
  }

  /** Removes the replica without a `bye`. */
  kill(): void {
    this.network.members.delete(this);
  }

  /** As if a payload had come from another replica. */
  deliverFrom(topic: string, payload: unknown, from: string): void {
    this.deliver(topic, payload, from);
  }

  protected carry(topic: string, payload: unknown): void {
    const { members, accepts } = this.network;
    if (!members.has(this) || !this.isConnected || !accepts(topic, payload)) return;
    const text = JSON.stringify({ payload });
    queueMicrotask(() => {
      for (const other of members) {
        if (other === this || !other.isConnected) continue;
        other.deliver(topic, (JSON.parse(text) as { payload?: unknown }).payload, this.replicaId);
      }
    });
  }
}
