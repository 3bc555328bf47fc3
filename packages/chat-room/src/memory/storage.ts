/** Where browsers keep what is to survive a reload. It may be forbidden or full: then nothing is remembered, and nothing breaks. */
export class Memory {
  /** @param place of the server, so that two chats on one page do not share a name */
  constructor(
    private readonly kind: 'localStorage' | 'sessionStorage',
    private readonly place: string,
  ) {}

  private keyOf(name: string): string {
    return `chat-room ${this.place} ${name}`;
  }

  /** Calls back when another tab has changed what is kept under the name. Returns what ends it. */
  watch(name: string, changed: () => void): () => void {
    const heard = ({ key }: StorageEvent): void => {
      if (key === this.keyOf(name)) changed();
    };
    globalThis.addEventListener('storage', heard);
    return () => globalThis.removeEventListener('storage', heard);
  }

  get(name: string): string {
    try {
      return globalThis[this.kind].getItem(this.keyOf(name)) ?? '';
    } catch {
      return '';
    }
  }

  /** Empty: forget it. */
  set(name: string, value: string): void {
    try {
      if (value === '') globalThis[this.kind].removeItem(this.keyOf(name));
      else globalThis[this.kind].setItem(this.keyOf(name), value);
    } catch {
      // See above.
    }
  }
}
