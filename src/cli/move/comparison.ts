import { createHash, type Hash } from 'node:crypto';
import type { StoredMessage } from '../../storage/stored-message';
import type { MessageReader } from './message-reader';
import { Refusal } from './refusal';

/**
 * Reads two databases side by side and makes a digest of each, over all messages in the order of their ids. It keeps its
 * place, so no message is read twice, and holds two pages at a time.
 */
export class Comparison {
  private readonly sourceDigest = createHash('sha256');
  private readonly targetDigest = createHash('sha256');
  /** The last message that was compared. */
  private place = 0;

  constructor(
    private readonly source: MessageReader,
    private readonly target: MessageReader,
  ) {}

  /**
   * Goes on until the message `last`.
   * @throws Refusal that names the first message that differs
   */
  async goOn(last: number, report: (done: number) => void): Promise<void> {
    while (this.place < last) {
      const page = await this.source.page(this.place, last);
      const other = await this.target.page(this.place, page.at(-1)!.id);
      add(this.sourceDigest, page);
      add(this.targetDigest, other);
      if (digestOf(this.sourceDigest) !== digestOf(this.targetDigest)) throw this.difference(page, other);
      this.place = page.at(-1)!.id;
      report(this.place);
    }
  }

  /** Of what was compared; both have the same. */
  get digest(): string {
    return digestOf(this.targetDigest);
  }

  private difference(page: readonly StoredMessage[], other: readonly StoredMessage[]): Refusal {
    const first = page.find((message, i) => other[i] === undefined || encode(message) !== encode(other[i]))!;
    return new Refusal(
      `${this.target.name} holds other messages than ${this.source.name}: message ${first.id} differs`,
    );
  }
}

function add(digest: Hash, page: readonly StoredMessage[]): void {
  for (const message of page) digest.update(encode(message));
}

/** Everything that is stored of a message, so that no two have the same. */
function encode({ id, username, message, createdAt, clientId, clientHash }: StoredMessage): string {
  return `${JSON.stringify([id, username, message, createdAt, clientId ?? null, clientHash ?? null])}\n`;
}

function digestOf(digest: Hash): string {
  return digest.copy().digest('hex');
}
