import { Injectable, Logger } from '@nestjs/common';
import { OutageLog } from '../../platform/logging/outage-log';
import { Settings } from '../../settings/settings';
import { MessageFeed } from '../../messages/feed/message-feed';
import type { StoredMessage } from '../../storage/stored-message';
import { Metrics } from '../../platform/metrics/metrics';
import type { Encoding } from '../protocol/encoding';
import { type Page, PageCache } from './page-cache';

/** Messages a page, at most. Pages end at multiples of it, so that readers at different places soon share pages. */
const PAGE = 256;
/** Bytes of a page, encoded, at most; a longer message is one of its own. As much may wait for each reader that is caught up. */
const PAGE_BYTES = 256 * 1024;
/** Bytes of encoded pages that are kept for the next reader at the same place. */
const CACHE_BYTES = 16 * 1024 * 1024;
/** Pages that are made at a time: readers at ever so many places hold no more memory, and leave connections to the database. */
const CONCURRENCY = 2;

/**
 * The past, page by page, in any encoding. A page is read and encoded once for all who ask for it meanwhile or soon
 * after: a thousand clients that reconnect at once cost one of them.
 */
@Injectable()
export class Replay {
  private readonly outage = new OutageLog(new Logger('Replay'));
  private readonly pages = new PageCache(CACHE_BYTES, CONCURRENCY);

  constructor(
    private readonly feed: MessageFeed,
    private readonly settings: Settings,
    private readonly metrics: Metrics,
  ) {}

  /** The newest id that can be replayed. */
  get lastId(): number {
    return this.feed.lastId;
  }

  /** How far behind a reader may be before messages are left out. */
  get limit(): number {
    return this.settings.REPLAY_LIMIT;
  }

  /** Resolves when what any replica had stored before the call can be replayed; to false when the database does not answer. */
  catchUp(): Promise<boolean> {
    return this.feed.catchUp();
  }

  /** Messages that follow `after`, of which there must be at least one. Rejects when the database does not answer. */
  page(encoding: Encoding, after: number): Promise<Page> {
    const upTo = Math.min(this.lastId, (Math.floor(after / PAGE) + 1) * PAGE);
    return this.pages.get(`${encoding.name} ${after} ${upTo}`, () => this.make(encoding, after, upTo));
  }

  private async make(encoding: Encoding, after: number, upTo: number): Promise<Page> {
    return encodePage(encoding, this.feed.inMemory(after, upTo) ?? (await this.stored(after, upTo)));
  }

  /** All who wait ask again each second: an outage is one line, however many they are. */
  private async stored(after: number, upTo: number): Promise<readonly StoredMessage[]> {
    try {
      const messages = await this.feed.stored(after, upTo, PAGE_BYTES);
      const isWhole = messages.length > 0 && messages.at(-1)!.id === after + messages.length;
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

/** The first of the messages, as many as fit into a page, encoded. */
function encodePage(encoding: Encoding, messages: readonly StoredMessage[]): Page {
  let bytes = 0;
  const tooMuch = messages.findIndex(
    ({ message }, index) => (bytes += Buffer.byteLength(message)) > PAGE_BYTES && index > 0,
  );
  let count = tooMuch === -1 ? messages.length : tooMuch;
  for (;;) {
    const frames = encoding.messages(messages.slice(0, count));
    if (frames.length <= PAGE_BYTES || count === 1) return { frames, lastId: messages[count - 1]!.id };
    // JSON makes some texts longer, and there is more to a frame than its text.
    count = Math.max(1, Math.floor((count * PAGE_BYTES) / frames.length));
  }
}
