import type { ChatClient, OutboxEntry } from './index.js';

/** Where requests survive a reload. All methods may be asynchronous. */
export interface OutboxStore {
  /** In the order of sending. */
  load(): readonly OutboxEntry[] | Promise<readonly OutboxEntry[]>;
  put(entry: OutboxEntry): unknown;
  remove(clientId: string): unknown;
}

/** The part of `localStorage` that is used. */
export interface WebStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface PersistOptions {
  /** Tells outboxes of one origin apart: of several servers or users, say. Default `chat-outbox`. */
  readonly name?: string | undefined;
  /** The store failed: what is typed from now on may be lost with the page. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

interface Kept {
  /** Epoch milliseconds of the sending, and a counter for what is of one millisecond. */
  readonly at: readonly [number, number];
  readonly entry: OutboxEntry;
}

/**
 * Keeps what has no answer over a reload or crash, and sends it again now, with its idempotency key: it is stored once, whatever happened
 * to it. Call it right after the client was made. `session`: until the tab is closed; `local`: until it is sent, by the next tab
 * that is opened. Resolves when what was left behind is in the queue; what becomes of it, the events `sent` and `rejected` tell.
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
    // Browsers throw where a page may keep nothing, as in a sandbox.
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
  /** The name that each is kept with. */
  const kept = new Map<string, string | null>();
  chat.subscribe(() => {
    const { pending, state, username } = chat.getSnapshot();
    // What `close()` rejected stays: nobody knows what became of it.
    if (state === 'ended') return kept.clear();
    for (const entry of pending) {
      const { client_id: clientId } = entry;
      const name = (entry.type === 'chat_message' && entry.username) || username;
      if (kept.has(clientId) && (kept.get(clientId) || !name)) continue;
      kept.set(clientId, name);
      // It must not be sent under the name of whoever is there then.
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

/** A key for each entry: tabs that share a storage do not overwrite each other's. */
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
