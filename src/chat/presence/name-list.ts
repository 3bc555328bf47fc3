import { quoted } from '../protocol/serializer';

/** A sorted list of names as JSON, made once per change. A change neither sorts nor quotes the other names again. */
export class NameList {
  private names: string[] | undefined;
  /** The same names in the same order, as JSON. */
  private texts: string[] = [];
  private made: string | undefined;

  /** The first `limit` of these names, sorted. */
  json(all: Iterable<string>, limit: number): string {
    if (!this.names) {
      this.names = first(all, limit).sort();
      this.texts = this.names.map(quoted);
    }
    return (this.made ??= `[${this.texts.join(',')}]`);
  }

  add(name: string): void {
    if (this.names) this.change(placeOf(name, this.names), 0, name);
  }

  remove(name: string): void {
    if (!this.names) return;
    const at = placeOf(name, this.names);
    if (this.names[at] === name) this.change(at, 1);
  }

  /** Drops the list after many changes; it is made anew when it is needed. */
  forget(): void {
    this.names = this.made = undefined;
  }

  private change(at: number, removed: number, ...added: string[]): void {
    this.names!.splice(at, removed, ...added);
    this.texts.splice(at, removed, ...added.map(quoted));
    this.made = undefined;
  }
}

/** Index of a name among sorted ones, or where it would be inserted. */
function placeOf(name: string, sorted: readonly string[]): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < name) from = middle + 1;
    else to = middle;
  }
  return from;
}

function first(all: Iterable<string>, limit: number): string[] {
  const names: string[] = [];
  for (const name of all) {
    if (names.length >= limit) break;
    names.push(name);
  }
  return names;
}
