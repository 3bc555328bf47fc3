import { ClusterBus } from '../cluster-bus';

/** The bus of a single process: there is nobody else. */
export class MemoryBus extends ClusterBus {
  readonly kind = 'memory';
  readonly isShared = false;
  readonly isConnected = true;

  protected carry(): void {
    // The direct call has reached everyone.
  }
}
