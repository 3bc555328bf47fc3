/** Watchers on this page: browsers send `storage` events to other tabs only. */
const watchers = new Set<(key: string | null) => void>();

/** Browser storage that survives a reload. If it is forbidden or full, values are kept in memory until then. */
export class Memory {
  /** Values that the browser did not store. */
  private readonly here = new Map<string, string>();

  /** @param place namespace of the server, so that chats of two servers share nothing */
  constructor(
    private readonly kind: 'localStorage' | 'sessionStorage',
    private readonly place: string,
  ) {}

  private keyOf(name: string): string {
    return `chat-room ${this.place} ${name}`;
  }

  /** Calls back when another tab, or any element of this page, changes the value. Returns a function that stops it. */
  watch(name: string, changed: () => void): () => void {
    const onChange = (key: string | null): void => {
      if (key === this.keyOf(name)) changed();
    };
    const onStorage = ({ key }: StorageEvent): void => onChange(key);
    watchers.add(onChange);
    globalThis.addEventListener('storage', onStorage);
    return () => {
      watchers.delete(onChange);
      globalThis.removeEventListener('storage', onStorage);
    };
  }

  get(name: string): string {
    try {
      return globalThis[this.kind].getItem(this.keyOf(name)) ?? this.here.get(name) ?? '';
    } catch {
      return this.here.get(name) ?? '';
    }
  }

  /** An empty value removes the entry. */
  set(name: string, value: string): void {
    this.here.delete(name);
    try {
      if (value === '') globalThis[this.kind].removeItem(this.keyOf(name));
      else globalThis[this.kind].setItem(this.keyOf(name), value);
    } catch {
      this.here.set(name, value);
    }
    for (const watcher of watchers) watcher(this.keyOf(name));
  }
}
