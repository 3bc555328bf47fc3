/** Names as readers are given them: sorted, as JSON, made once per change. */
export class NameList {
  private names: string[] | undefined;
  private made: string | undefined;

  /** The first of these names, so many at most. */
  json(all: Iterable<string>, limit: number): string {
    if (this.made === undefined) {
      this.names ??= first(all, limit);
      this.made = JSON.stringify(this.names.sort());
    }
    return this.made;
  }

  add(name: string): void {
    this.names?.push(name);
    this.made = undefined;
  }

  remove(name: string): void {
    const index = this.names?.indexOf(name) ?? -1;
    if (index < 0) return;
    this.names!.splice(index, 1);
    this.made = undefined;
  }

  /** Many changes at once. */
  forget(): void {
    this.names = this.made = undefined;
  }
}

function first(all: Iterable<string>, limit: number): string[] {
  const names: string[] = [];
  for (const name of all) {
    if (names.length >= limit) break;
    names.push(name);
  }
  return names;
}
