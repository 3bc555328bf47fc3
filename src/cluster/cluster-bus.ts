import { randomUUID } from 'node:crypto';

/**
 * `payload` is undefined if it was too large to carry: something happened on the topic, and the receiver must find out what.
 * `from` is the replica that published it; undefined: this one.
 */
export type BusListener<Payload> = (payload: Payload | undefined, from: string | undefined) => void;

/**
 * Carries payloads to every replica, this one included. Local delivery is a direct call, so that nothing stands between a batch
 * and its readers. Delivery to the others is best effort: payloads may be lost, repeated or reordered, and receivers must cope.
 * Must not know what it carries.
 */
export abstract class ClusterBus {
  private readonly listeners = new Map<string, BusListener<never>[]>();
  private readonly returnListeners: (() => void)[] = [];
  private readonly meetingListeners: (() => void)[] = [];

  /** Identifies this process; a restarted one is another replica. */
  readonly replicaId = randomUUID();
  /** The transport, for operators. */
  abstract readonly kind: 'memory' | 'postgres' | 'redis';
  /** Whether there may be other replicas. */
  abstract readonly isShared: boolean;
  /** Whether the others can be reached now. */
  abstract readonly isConnected: boolean;

  subscribe<Payload>(topic: string, listener: BusListener<Payload>): void {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
  }

  /** Calls the listener when the bus is back after a loss: payloads were missed meanwhile. */
  onReturn(listener: () => void): void {
    this.returnListeners.push(listener);
  }

  /** Calls the listener when another replica was met: its earlier payloads were dropped. */
  onMeeting(listener: () => void): void {
    this.meetingListeners.push(listener);
  }

  /** Delivers to this replica before it returns. Exceptions of listeners propagate to the caller. */
  publish(topic: string, payload: unknown): void {
    this.deliver(topic, payload, undefined);
    this.carry(topic, payload);
  }

  /** Sends a payload to the other replicas, best effort. */
  protected abstract carry(topic: string, payload: unknown): void;

  protected deliver(topic: string, payload: unknown, from: string | undefined): void {
    for (const listener of this.listeners.get(topic) ?? []) (listener as BusListener<unknown>)(payload, from);
  }

  protected returned(): void {
    for (const listener of this.returnListeners) listener();
  }

  protected met(): void {
    for (const listener of this.meetingListeners) listener();
  }
}
