import type { Appended, StoredMessage } from '../../storage/stored-message';
import type { MessageReader } from './message-reader';
import { Refusal } from './refusal';

/** The database that a chat is moved to: it takes messages as the server's own writer would, but with their ids. */
export abstract class Target {
  constructor(readonly reader: MessageReader) {}

  /** Stores a page as one transaction, or nothing of it when its messages would get other ids than they have. */
  abstract append(page: readonly StoredMessage[]): Promise<void>;

  /** Brings the counters as far as the server would have them. */
  abstract follow(): Promise<void>;

  abstract close(): Promise<void>;

  /** For use before the commit. */
  protected refuseOtherIds(page: readonly StoredMessage[], { firstId, repeats, taken }: Appended): void {
    if (firstId === page[0]!.id && repeats.length === 0 && !taken) return;
    throw new Refusal(`${this.reader.name}: somebody else writes to it`);
  }
}
