import { Logger } from '@nestjs/common';
import type { MessageFeed } from '../../messages/feed/message-feed';
import { OutageLog } from '../../platform/logging/outage-log';
import type { Metrics } from '../../platform/metrics/metrics';
import { countBetween, ORIGIN, type Position } from '../../storage/position';
import type { StoredMessage } from '../../storage/stored-message';
import type { Encoding } from '../protocol/protocol';
import { type Page, PageCache } from './page-cache';

/** Maximum messages per page. Pages end at its multiples, so that readers at different positions soon share pages. */
const PAGE = 256;
/**
 * Maximum encoded bytes per page; a single longer message is a page by itself. Bounds the backlog of a reader that catches up.
 */
const PAGE_BYTES = 256 * 1024;
/** Bytes of encoded pages kept for the next reader at the same position. */
const CACHE_BYTES = 16 * 1024 * 1024;
/** Maximum pages made concurrently: bounds memory and database connections, however many positions are requested. */
const CONCURRENCY = 2;

/**
 * The stored messages of a channel, page by page, in any encoding. A page is read and encoded once for all readers that ask for it
 * at the same time or soon after, so a thousand clients that reconnect cost as much as one. Must not know readers.
 */
export class Replay {
  private readonly outage = new OutageLog(new Logger('Replay'));
  private readonly pages = new PageCache(CACHE_BYTES, CONCURRENCY);

  constructor(
    private readonly feed: MessageFeed,
    /** Maximum messages a reader may be behind; beyond it, the oldest are skipped. */
    readonly limit: number,
    private readonly metrics: Metrics,
  ) {}

  /** The newest message that can be replayed. */
  get lastId(): Position {
    return this.feed.lastId;
  }

  /** Resolves when everything stored before the call can be replayed; to false when the database does not answer. */
  catchUp(): Promise<boolean> {
    return this.feed.catchUp();
  }

  /** Invalidates the pages that contain these changed messages. */
  drop(ids: readonly number[]): void {
    for (const id of ids) this.pages.drop(id);
  }

  /**
   * The page that starts after `after`, which must be before `lastId`, for a reader that has the changes up to `afterChange`.
   * Rejects when the database does not answer.
   */
  page(encoding: Encoding, after: Position, afterChange: Position = ORIGIN): Promise<Page> {
    const upTo = Math.min(this.lastId, (Math.floor(after / PAGE) + 1) * PAGE);
    const place = encoding.namesPlace ? ` ${afterChange}` : '';
    const make = () => this.make(encoding, after, upTo, afterChange);
    return this.pages.get(`${encoding.name} ${after} ${upTo}${place}`, make, { after, upTo });
  }

  private async make(encoding: Encoding, after: Position, upTo: Position, afterChange: Position): Promise<Page> {
    const messages = this.feed.inMemory(after, upTo) ?? (await this.stored(after, upTo));
    return encodePage(encoding, messages, afterChange);
  }

  /** Every waiting reader retries each second; an outage is still one line in the log. */
  private async stored(after: Position, upTo: Position): Promise<readonly StoredMessage[]> {
    try {
      const messages = await this.feed.stored(after, upTo, PAGE_BYTES);
      const isWhole = messages.length > 0 && countBetween(after, messages.at(-1)!.id) === messages.length;
      if (!isWhole) throw new Error(`messages between ${after} and ${upTo} are missing`);
      this.outage.recovered('the database can be read again');
      return messages;
    } catch (error) {
      this.metrics.faults.inc({ where: 'replay' });
      this.outage.failed(`replays wait for the database: ${String(error)}`);
      throw error;
    }
  }
}

/** Encodes as many leading messages as fit into a page, at least one. */
function encodePage(encoding: Encoding, messages: readonly StoredMessage[], afterChange: Position): Page {
  let bytes = 0;
  const tooMuch = messages.findIndex(
    ({ message }, index) => (bytes += Buffer.byteLength(message)) > PAGE_BYTES && index > 0,
  );
  let count = tooMuch === -1 ? messages.length : tooMuch;
  for (;;) {
    const frames = encoding.messages(messages.slice(0, count), afterChange);
    if (frames.length <= PAGE_BYTES || count === 1) return { frames, lastId: messages[count - 1]!.id };
    // Frames are longer than their texts: JSON escapes, and the other fields.
    count = Math.max(1, Math.floor((count * PAGE_BYTES) / frames.length));
  }
}
