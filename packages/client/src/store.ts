import type { ChatEvents, Listener, Snapshot, StateEvent } from './types.js';

/** Owns what is known now and who wants to hear of it. A listener that throws does not keep others from hearing. */
export class Store {
  snapshot: Snapshot = {
    state: 'ended',
    completeUpTo: undefined,
    reason: undefined,
    retryAt: undefined,
    users: [],
    userCount: 0,
    username: null,
    can: undefined,
    roles: undefined,
    limits: undefined,
    lastId: undefined,
    messages: [],
    pending: [],
    sendBlockedUntil: undefined,
  };
  readonly #listeners: Map<string, Set<Listener<never>>> = new Map();

  /** Returns what ends it. The empty type is every change of the snapshot. */
  on(type: string, listener: Listener<never>): () => void {
    // The same function given twice is two listeners.
    const own: Listener<never> = (event) => listener(event);
    const all = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, all.add(own));
    return () => void all.delete(own);
  }

  emit<Type extends keyof ChatEvents | ''>(
    type: Type,
    event?: Type extends keyof ChatEvents ? ChatEvents[Type] : never,
  ): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        listener(event as never);
      } catch (error) {
        ((globalThis as Partial<typeof globalThis>).reportError ?? console.error)(error);
      }
    }
  }

  set(patch: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...patch };
    this.emit('');
  }

  setState(patch: Partial<StateEvent>): void {
    this.set(patch);
    const { state, completeUpTo, reason, retryAt } = this.snapshot;
    this.emit('state', { state, completeUpTo, reason, retryAt });
  }
}
