/** Of this page: browsers tell other tabs alone of a change. */
const watchers = new Set<(key: string | null) => void>();

/** Where browsers keep what is to survive a reload. It may be forbidden or full: then it is remembered until then, and nothing breaks. */
export class Memory {
  /** What the browser did not take. */
  private readonly here = new Map<string, string>();

  /** @param place of the server, so that two chats on one page do not share a name */
  constructor(
    private readonly kind: 'localStorage' | 'sessionStorage',
    private readonly place: string,
  ) {}

  private keyOf(name: string): string {
    return `chat-room ${this.place} ${name}`;
  }

  /** Calls back when another tab, or anybody on this page, has changed what is kept under the name. Returns what ends it. */
  watch(name: string, changed: () => void): () => void {
    const heard = (key: string | null): void => {
      if (key === this.keyOf(name)) changed();
    };
    const told = ({ key }: StorageEvent): void => heard(key);
    watchers.add(heard);
    globalThis.addEventListener('storage', told);
    return () => {
      watchers.delete(heard);
      globalThis.removeEventListener('storage', told);
    };
  }

  get(name: string): string {
    try {
      return globalThis[this.kind].getItem(this.keyOf(name)) ?? this.here.get(name) ?? '';
    } catch {
      return this.here.get(name) ?? '';
    }
  }

  /** Empty: forget it. */
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
