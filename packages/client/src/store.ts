import type { ChatEvents, Snapshot } from './types.js';

export interface Store {
  get(): Snapshot;
  /** Returns a function that removes the listener. The empty type stands for every change of the snapshot. */
  on(type: string, listener: (event: never) => void): () => void;
  emit<Type extends keyof ChatEvents>(type: Type | '', event?: ChatEvents[Type]): void;
  /** Merges the patch; `type` is emitted with the new snapshot. */
  set(patch: Partial<Snapshot>, type?: 'state' | 'presence'): void;
}

/** Owns the snapshot and the listeners. A listener that throws does not affect the others. */
export function createStore(): Store {
  let snapshot = {
    state: 'ended',
    users: [] as readonly string[],
    userCount: 0,
    username: null,
    messages: [],
    pending: [],
  } as unknown as Snapshot;
  const listeners: Record<string, Set<(event: never) => void>> = {};

  const emit: Store['emit'] = (type, event) => {
    for (const listener of new Set(listeners[type])) {
      try {
        listener(event as never);
      } catch (error) {
        ((globalThis as Partial<typeof globalThis>).reportError ?? console.error)(error);
      }
    }
  };

  return {
    get: () => snapshot,

    on(type, listener) {
      // The same function registered twice counts as two listeners.
      const own = (event: never): void => listener(event);
      (listeners[type] ??= new Set()).add(own);
      return () => listeners[type]!.delete(own);
    },

    emit,

    set(patch, type) {
      snapshot = { ...snapshot, ...patch };
      emit('');
      if (type) emit(type, snapshot);
    },
  };
}
