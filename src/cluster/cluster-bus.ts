import { Injectable } from '@nestjs/common';

export type BusListener<Payload> = (payload: Payload) => void;

/**
 * Carries payloads to every replica, this one included. What it carries is only ever a hint: receivers must cope with
 * payloads that are lost, repeated or out of order. This is the bus of a single process: a direct call.
 */
@Injectable()
export class ClusterBus {
  private readonly listeners = new Map<string, BusListener<never>[]>();

  subscribe<Payload>(topic: string, listener: BusListener<Payload>): void {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
  }

  publish(topic: string, payload: unknown): void {
    for (const listener of this.listeners.get(topic) ?? []) (listener as BusListener<unknown>)(payload);
  }
}
