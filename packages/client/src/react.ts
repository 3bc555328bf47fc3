import { useSyncExternalStore } from 'react';
import type { ChatClient, Snapshot } from './index.js';

/** What the client knows now; the component is rendered again after each change. */
export function useChat(client: ChatClient): Snapshot {
  return useSyncExternalStore(client.subscribe, client.getSnapshot, client.getSnapshot);
}
