import type { FeedSource } from '../../src/messages/feed/message-feed';
import type { MessageChange } from '../../src/messages/feed/broadcast-changes';
import type { ChangeSource, ChangeStretch } from '../../src/messages/feed/change-feed';
import type { ChangedMessage } from '../../src/storage/message-change';
import { MessageWriter, WriteRefused } from '../../src/storage/message-writer';
import type { Appended, Repeat } from '../../src/storage/appended';
import type { NewMessage, StoredMessage } from '../../src/storage/stored-message';

/** A stored message; its text is the id by default. */
export function stored(id: number, message = String(id)): StoredMessage {
  return { id, username: 'max', message, createdAt: 0 };
}

/** The messages `from` to `to`. */
export function range(from: number, to: number): StoredMessage[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => stored(from + i));
}

export const idsOf = (batch: readonly StoredMessage[]): number[] => batch.map(({ id }) => id);

/** An in-memory database for the writers and feeds of one or more replicas. */
export class MemoryMessages implements FeedSource {
  readonly rows: StoredMessage[] = [];
  /** While false, reads reject. */
  isUp = true;
  reads = 0;
  /** Ids of the messages changed, by change. */
  readonly changed: number[] = [];

  constructor(count = 0) {
    this.store(count);
  }

  /** Appends `count` messages and returns them. */
  store(count: number): StoredMessage[] {
    const added = range(this.rows.length + 1, this.rows.length + count);
    this.rows.push(...added);
    return added;
  }

  /** Changes messages, each to a text with the id of the change, and returns their new states. */
  change(ids: readonly number[]): ChangedMessage[] {
    return ids.map((id) => {
      const changeId = this.changed.push(id);
      const state = { ...this.rows[id - 1]!, message: `${id} in ${changeId}`, changeId, editedAt: 0 };
      this.rows[id - 1] = state;
      return state;
    });
  }

  async head(): Promise<number> {
    return (await this.read(0, Infinity)).at(-1)?.id ?? 0;
  }

  page(after: number): Promise<readonly StoredMessage[]> {
    return this.read(after, after + 7);
  }

  between(after: number, upTo: number): Promise<readonly StoredMessage[]> {
    return this.read(after, upTo);
  }

  private async read(after: number, upTo: number): Promise<readonly StoredMessage[]> {
    this.reads++;
    const rows = this.rows.slice(after, upTo);
    await Promise.resolve();
    if (!this.isUp) throw new Error('no answer');
    return rows;
  }
}

/** The changes of an in-memory database. */
export class MemoryChanges implements ChangeSource {
  constructor(private readonly messages: MemoryMessages) {}

  async head(): Promise<number> {
    await this.read(0, Infinity);
    return this.messages.changed.length;
  }

  page(after: number): Promise<readonly MessageChange[]> {
    return this.read(after, after + 5);
  }

  async between(after: number, upTo: number): Promise<ChangeStretch> {
    const found = await this.read(after, upTo);
    return { states: found.flatMap(({ state }) => state ?? []), upTo: found.at(-1)!.id };
  }

  private async read(after: number, upTo: number): Promise<readonly MessageChange[]> {
    const { messages } = this;
    messages.reads++;
    const found = messages.changed.slice(after, Math.min(upTo, after + 5)).map((messageId, i) => {
      const id = after + i + 1;
      const row = messages.rows[messageId - 1] as ChangedMessage;
      return { id, message: row.message, state: row.changeId === id ? row : undefined };
    });
    await Promise.resolve();
    if (!messages.isUp) throw new Error('no answer');
    return found;
  }
}

/** Stores batches in memory, or refuses them. Repeats are identified by user and idempotency key. */
export class MemoryWriter extends MessageWriter {
  /** Sizes of the batches appended. */
  readonly batches: number[] = [];
  /** The reason to refuse writes; undefined: writes are accepted. */
  refusal: string | undefined;
  private held: Promise<void> = Promise.resolve();
  private begun: () => void = () => undefined;

  constructor(readonly messages = new MemoryMessages()) {
    super();
  }

  /** Holds back appends until `release` is called; `begun` resolves once an append waits. */
  hold(): { readonly begun: Promise<void>; readonly release: () => void } {
    let release!: () => void;
    this.held = new Promise((resolve) => (release = resolve));
    return { begun: new Promise((resolve) => (this.begun = resolve)), release };
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  async append(batch: readonly NewMessage[]): Promise<Appended> {
    this.begun();
    await this.held;
    await this.probe();
    this.batches.push(batch.length);
    const { rows } = this.messages;
    const firstId = rows.length + 1;
    const repeats: Repeat[] = [];
    const taken: number[] = [];
    for (const [index, message] of batch.entries()) {
      const { username, clientId } = message;
      const isSame = (row: NewMessage) => row.clientId === clientId && row.username === username;
      const known = clientId === undefined ? undefined : rows.find(isSame);
      if (!known) rows.push({ ...message, id: rows.length + 1 });
      else if (known.message === message.message) repeats.push({ index, id: known.id, createdAt: known.createdAt });
      else taken.push(index);
    }
    return { firstId, repeats, taken };
  }

  async probe(): Promise<void> {
    await Promise.resolve();
    if (this.refusal !== undefined) throw new WriteRefused(this.refusal, 'TEST');
  }
}
