import { createHash, type Hash } from 'node:crypto';
import { MESSAGE_FIELDS, type StoredMessage } from '../../storage/stored-message';
import type { MessageReader } from './message-reader';
import { Refusal } from './refusal';

const FIELDS = Object.keys(MESSAGE_FIELDS) as (keyof StoredMessage)[];

/**
 * Compares two databases by a digest over all messages in the order of ids. Owns the position of the comparison, so that no
 * message is read twice, and holds two pages at a time.
 */
export class Comparison {
  private readonly sourceDigest = createHash('sha256');
  private readonly targetDigest = createHash('sha256');
  /** The id of the last compared message. */
  private position = 0;

  constructor(
    private readonly source: MessageReader,
    private readonly target: MessageReader,
  ) {}

  /**
   * Compares up to the message `last`.
   * @throws Refusal that names the first different message
   */
  async advanceTo(last: number, report: (done: number) => void): Promise<void> {
    while (this.position < last) {
      const page = await this.source.page(this.position, last);
      const other = await this.target.page(this.position, page.at(-1)!.id);
      add(this.sourceDigest, page);
      add(this.targetDigest, other);
      if (digestOf(this.sourceDigest) !== digestOf(this.targetDigest)) throw this.difference(page, other);
      this.position = page.at(-1)!.id;
      report(this.position);
    }
  }

  /** The digest of both over the compared messages. */
  get digest(): string {
    return digestOf(this.targetDigest);
  }

  private difference(page: readonly StoredMessage[], other: readonly StoredMessage[]): Refusal {
    const first = page.find((message, i) => other[i] === undefined || encode(message) !== encode(other[i]))!;
    return new Refusal(
      `${this.target.name} holds different messages than ${this.source.name}: message ${first.id} differs`,
    );
  }
}

function add(digest: Hash, page: readonly StoredMessage[]): void {
  for (const message of page) digest.update(encode(message));
}

/** Injective over everything stored of a message. */
function encode(message: StoredMessage): string {
  return `${JSON.stringify(FIELDS.map((name) => message[name] ?? null))}\n`;
}

function digestOf(digest: Hash): string {
  return digest.copy().digest('hex');
}
