import type { StoredMessage } from '../../storage/stored-message';

/** How the feed looks to one kind of reader. Encoded bytes are shared by all readers of the kind. */
export interface Encoding {
  readonly name: string;
  messages(batch: readonly StoredMessage[]): Buffer;
  /** Tells that messages are left out; without it a reader that would miss some is closed. */
  readonly gap?: (from: number, to: number) => Buffer;
}
