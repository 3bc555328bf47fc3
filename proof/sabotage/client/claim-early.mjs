// The client claims to be complete as soon as it is connected, before it has the messages it missed.
import * as original from '../../../packages/client/dist/store.js';

export function createStore() {
  const store = original.createStore();
  return {
    ...store,
    set(patch, type) {
      store.set(patch.state === 'catching-up' ? { ...patch, completeUpTo: Date.now() } : patch, type);
    },
  };
}
