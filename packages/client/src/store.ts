import type { ChatEvents, Snapshot } from './types.js';

export interface Store {
  get(): Snapshot;
  /** Returns what ends it. The empty type is every change of the snapshot. */
  on(type: string, listener: (event: never) => void): () => void;
  emit<Type extends keyof ChatEvents>(type: Type | '', event?: ChatEvents[Type]): void;
  /** The event, too, is the snapshot. */
  set(patch: Partial<Snapshot>, type?: 'state' | 'presence'): void;
}

/** Owns what is known now and who wants to hear of it. A listener that throws does not keep others from hearing. */
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
      // The same function given twice is two listeners.
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
