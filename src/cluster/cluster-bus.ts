import { randomUUID } from 'node:crypto';

/**
 * `payload` is undefined where it was too large to be carried: something happened on the topic, look for yourself.
 * `from` is the replica that published it; undefined: this one.
 */
export type BusListener<Payload> = (payload: Payload | undefined, from: string | undefined) => void;

/**
 * Carries payloads to every replica, this one included. To this one it is a direct call, so that nothing is between a
 * batch and its readers. To the others it is only ever a hint: it may be lost, repeated or out of order, and receivers
 * must cope. It must not know what it carries.
 */
export abstract class ClusterBus {
  private readonly listeners = new Map<string, BusListener<never>[]>();
  private readonly returnListeners: (() => void)[] = [];
  private readonly meetingListeners: (() => void)[] = [];

  /** Of this process: one that is started anew is another replica. */
  readonly replicaId = randomUUID();
  /** What carries it, for operators. */
  abstract readonly kind: 'memory' | 'postgres' | 'redis';
  /** Whether there may be other replicas. */
  abstract readonly isShared: boolean;
  /** Whether the others can be reached at the moment. */
  abstract readonly isConnected: boolean;

  subscribe<Payload>(topic: string, listener: BusListener<Payload>): void {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
  }

  /** Called when the bus is back after it was lost: what others said meanwhile was missed. */
  onReturn(listener: () => void): void {
    this.returnListeners.push(listener);
  }

  /** Called when another replica is heard from now on: what it said before was not taken. */
  onMeeting(listener: () => void): void {
    this.meetingListeners.push(listener);
  }

  publish(topic: string, payload: unknown): void {
    this.deliver(topic, payload, undefined);
    this.carry(topic, payload);
  }

  /** Takes a payload to the other replicas, as well as it can. */
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
