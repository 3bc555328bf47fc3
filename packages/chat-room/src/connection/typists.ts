/** Time without a `typing` frame after which a user has stopped, in milliseconds; the server sends one a second. */
const STOPPED_MS = 4_000;

/** Owns the names of the users who are typing. */
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
