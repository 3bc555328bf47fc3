import type { ChatClient, OutboxEntry } from './index.js';

/** Storage in which requests survive a reload. All methods may be asynchronous. */
export interface OutboxStore {
  /** Returns the entries in sending order. */
  load(): readonly OutboxEntry[] | Promise<readonly OutboxEntry[]>;
  put(entry: OutboxEntry): unknown;
  remove(clientId: string): unknown;
}

/** The subset of `Storage` that the outbox uses. */
export interface WebStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface PersistOptions {
  /** Namespace of the outbox within the origin, one per server or user. Default `chat-outbox`. */
  readonly name?: string | undefined;
  /** Called when the store fails: messages sent from now on may be lost with the page. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

interface Kept {
  /** Send time in epoch milliseconds, and a counter that orders entries of the same millisecond. */
  readonly at: readonly [number, number];
  readonly entry: OutboxEntry;
}

/**
 * Persists unanswered requests across a reload or crash, and resends those of the previous page under their idempotency keys, so
 * that each is stored once. Call it right after creating the client. `session` keeps requests until the tab is closed; `local`
 * until they are sent, if necessary by the next tab opened. Resolves once the restored requests are queued; the events `sent` and
 * `rejected` report their outcome.
 */
export async function persist(
  chat: ChatClient,
  where: 'session' | 'local' | OutboxStore,
  { name = 'chat-outbox', onError = () => {} }: PersistOptions = {},
): Promise<void> {
  let store: OutboxStore;
  try {
    store = typeof where === 'string' ? webStore(globalThis[`${where}Storage`], name + ':') : where;
  } catch (error) {
    // Browsers throw when a page may not use storage, as in a sandbox.
    onError(error);
    return;
  }
  const guard = async (work: () => unknown): Promise<void> => {
    try {
      await work();
    } catch (error) {
      onError(error);
    }
  };
  /** The username that each entry is stored with, by idempotency key. */
  const kept = new Map<string, string | null>();
  chat.subscribe(() => {
    const { pending, state, username } = chat.getSnapshot();
    // Requests rejected by `close()` stay stored: their outcome is unknown.
    if (state === 'ended') return kept.clear();
    for (const entry of pending) {
      const { client_id: clientId } = entry;
      const name = (entry.type === 'chat_message' && entry.username) || username;
      if (kept.has(clientId) && (kept.get(clientId) || !name)) continue;
      kept.set(clientId, name);
      // Pins the name: after a reload, another user may be using this browser.
      const isNamed = entry.type === 'chat_message' && name;
      void guard(() => store.put(isNamed ? { ...entry, username: name } : entry));
    }
    for (const clientId of kept.keys()) {
      if (pending.some(({ client_id }) => client_id === clientId)) continue;
      kept.delete(clientId);
      void guard(() => store.remove(clientId));
    }
  });
  await guard(async () => {
    for (const entry of await store.load()) {
      kept.set(entry.client_id, (entry.type === 'chat_message' && entry.username) || null);
      again(chat, entry).catch(() => {});
    }
  });
}

function again(chat: ChatClient, entry: OutboxEntry): Promise<unknown> {
  const options = { clientId: entry.client_id };
  switch (entry.type) {
    case 'chat_message':
      return chat.send(entry.message, { ...options, username: entry.username });
    case 'edit':
      return chat.edit(entry.id, entry.message, options);
    case 'delete':
      return chat.delete(entry.id, options);
  }
}

/** One storage key per entry, so that tabs sharing a storage do not overwrite each other's. */
function webStore(storage: WebStorage, prefix: string): OutboxStore {
  let count = 0;
  const times = new Map<string, Kept['at']>();
  return {
    load() {
      const kept: Kept[] = [];
      for (let i = 0; i < storage.length; i++) {
        const key = storage.key(i)!;
        if (!key.startsWith(prefix)) continue;
        const one = JSON.parse(storage.getItem(key)!) as Kept;
        times.set(one.entry.client_id, one.at);
        kept.push(one);
      }
      return kept.sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1]).map(({ entry }) => entry);
    },
    put(entry) {
      const kept: Kept = { at: times.get(entry.client_id) ?? [Date.now(), count++], entry };
      times.set(entry.client_id, kept.at);
      storage.setItem(prefix + entry.client_id, JSON.stringify(kept));
    },
    remove(clientId) {
      times.delete(clientId);
      storage.removeItem(prefix + clientId);
    },
  };
}
