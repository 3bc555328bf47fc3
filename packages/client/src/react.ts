import { useSyncExternalStore } from 'react';
import type { ChatClient, Snapshot } from './index.js';

/** Current snapshot of the client; re-renders the component after each change. */
export function useChat(client: ChatClient): Snapshot {
  return useSyncExternalStore(client.subscribe, client.getSnapshot, client.getSnapshot);
}
