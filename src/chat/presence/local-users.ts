import { MAX_NAMES, NAMES_PER_MESSAGE, type PresenceMessage } from './presence-messages';

/** The users of this replica as presence messages. Owns their sequence; must not know when they are sent. */
export class LocalUsers {
  private readonly names = new Set<string>();
  private readonly changes = new Map<string, boolean>();
  /** Number of change messages so far. */
  sequence = 0;

  change(username: string, isPresent: boolean): void {
    this.changes.set(username, isPresent);
    if (isPresent) this.names.add(username);
    else this.names.delete(username);
  }

  /** The changes since the last call. */
  takeChanges(): PresenceMessage[] {
    if (this.changes.size === 0) return [];
    const users = [...this.changes];
    this.changes.clear();
    return chunksOf(users).map((chunk) => ({ kind: 'change', sequence: ++this.sequence, users: chunk }));
  }

  /** A snapshot of all users in one or more parts; a single empty part without users. */
  snapshot(): PresenceMessage[] {
    const { sequence } = this;
    const chunks = chunksOf([...this.names].slice(0, MAX_NAMES));
    if (chunks.length === 0) chunks.push([]);
    return chunks.map((names, part) => ({ kind: 'account', sequence, part, parts: chunks.length, names }));
  }
}

function chunksOf<Item>(items: readonly Item[]): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += NAMES_PER_MESSAGE) {
    chunks.push(items.slice(start, start + NAMES_PER_MESSAGE));
  }
  return chunks;
}
