import { ClusterBus } from '../cluster-bus';

/** The bus of a single process. */
export class MemoryBus extends ClusterBus {
  readonly kind = 'memory';
  readonly isShared = false;
  readonly isConnected = true;

  protected carry(): void {
    // There are no other replicas.
  }
}
