import type { OutboxEntry, OutboxStore } from './types.js';

/** The part of `localStorage` that is used. */
export interface WebStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface PersistentOptions {
  /** Tells outboxes of one origin apart: of several servers or users, say. Default `chat-outbox`. */
  readonly name?: string | undefined;
}

interface Kept {
  /** Epoch milliseconds of the sending, and a counter for what is of one millisecond. */
  readonly at: readonly [number, number];
  readonly entry: OutboxEntry;
}

/**
 * Keeps what was not acknowledged over a reload or crash: with its idempotency key, so that it is stored once whatever happened to it.
 * `session`: until the tab is closed; `local`: until it is sent. Two tabs of `local` send what one of them left behind; it is still stored
 * once.
 */
export function persistent(
  where: 'session' | 'local' | WebStorage,
  { name = 'chat-outbox' }: PersistentOptions = {},
): OutboxStore {
  const storage: WebStorage =
    where === 'local' ? globalThis.localStorage : where === 'session' ? globalThis.sessionStorage : where;
  const prefix = name + ':';
  let count = 0;
  return {
    load() {
      const kept: Kept[] = [];
      for (let i = 0; i < storage.length; i++) {
        const key = storage.key(i)!;
        if (key.startsWith(prefix)) kept.push(JSON.parse(storage.getItem(key)!) as Kept);
      }
      return kept.sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1]).map(({ entry }) => entry);
    },
    put(entry) {
      const kept: Kept = { at: [Date.now(), count++], entry };
      storage.setItem(prefix + entry.client_id, JSON.stringify(kept));
    },
    remove: (clientId) => {
      storage.removeItem(prefix + clientId);
    },
  };
}
