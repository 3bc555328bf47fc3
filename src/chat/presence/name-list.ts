import { quoted } from '../protocol/serializer';

/** A sorted list of names as cached JSON. Owns its updates: a change neither sorts nor escapes the other names again. */
export class NameList {
  private names: string[] | undefined;
  /** The same names in the same order, as JSON strings. */
  private texts: string[] = [];
  private cached: string | undefined;

  /** The list as JSON; `all` and `limit` are used only if it has to be rebuilt: from the first `limit` names. */
  json(all: Iterable<string>, limit: number): string {
    if (!this.names) {
      this.names = first(all, limit).sort();
      this.texts = this.names.map(quoted);
    }
    return (this.cached ??= `[${this.texts.join(',')}]`);
  }

  add(name: string): void {
    if (this.names) this.change(indexOf(name, this.names), 0, name);
  }

  remove(name: string): void {
    if (!this.names) return;
    const at = indexOf(name, this.names);
    if (this.names[at] === name) this.change(at, 1);
  }

  /** Drops the list after many changes; the next `json` rebuilds it. */
  forget(): void {
    this.names = this.cached = undefined;
  }

  private change(at: number, removed: number, ...added: string[]): void {
    this.names!.splice(at, removed, ...added);
    this.texts.splice(at, removed, ...added.map(quoted));
    this.cached = undefined;
  }
}

/** Index of a name, or of its insertion, in a sorted array. */
function indexOf(name: string, sorted: readonly string[]): number {
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
