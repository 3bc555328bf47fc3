/** Somebody who has not typed for this long has stopped, in milliseconds; the server tells of it once a second. */
const STOPPED_MS = 4_000;

/** Who is typing. */
export class Typists {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly changed: () => void) {}

  get names(): readonly string[] {
    return [...this.timers.keys()];
  }

  add(name: string): void {
    clearTimeout(this.timers.get(name));
    this.timers.set(
      name,
      setTimeout(() => this.remove(name), STOPPED_MS),
    );
    this.changed();
  }

  remove(name: string): void {
    clearTimeout(this.timers.get(name));
    if (this.timers.delete(name)) this.changed();
  }

  clear(): void {
    for (const name of this.names) this.remove(name);
  }
}
