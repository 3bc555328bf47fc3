import { Injectable, Logger } from '@nestjs/common';
import { OutageLog } from '../common/outage-log';
import { Settings } from '../config/settings';
import { MessageFeed } from '../messages/message-feed';
import type { StoredMessage } from '../messages/stored-message';
import { Metrics } from '../metrics/metrics';
import type { Encoding } from './encoding';

/** Messages a page, at most. Pages end at multiples of it, so that readers at different places soon share pages. */
const PAGE = 256;
/** Bytes of encoded pages that are kept for the next reader at the same place. */
const CACHE_BYTES = 16 * 1024 * 1024;

export interface Page {
  readonly frames: Buffer;
  readonly lastId: number;
}

/**
 * The past, page by page, in any encoding. A page is read and encoded once for all who ask for it meanwhile or soon
 * after: a thousand clients that reconnect at once cost one of them.
 */
@Injectable()
export class Replay {
  private readonly outage = new OutageLog(new Logger('Replay'));
  private readonly pages = new Map<string, Promise<Page>>();
  private bytes = 0;

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

  /** The messages that follow `after`, of which there must be at least one. Rejects when the database does not answer. */
  page(encoding: Encoding, after: number): Promise<Page> {
    const upTo = Math.min(this.lastId, (Math.floor(after / PAGE) + 1) * PAGE);
    const key = `${encoding.name} ${after} ${upTo}`;
    const cached = this.pages.get(key);
    if (cached) return cached;
    const page = this.load(encoding, after, upTo);
    this.pages.set(key, page);
    page.then(
      ({ frames }) => this.keep(frames.length),
      () => this.pages.delete(key),
    );
    return page;
  }

  private async load(encoding: Encoding, after: number, upTo: number): Promise<Page> {
    const messages = this.feed.inMemory(after, upTo) ?? (await this.stored(after, upTo));
    return { frames: encoding.messages(messages), lastId: upTo };
  }

  /** All who wait ask again each second: an outage is one line, however many they are. */
  private async stored(after: number, upTo: number): Promise<readonly StoredMessage[]> {
    try {
      const messages = await this.feed.stored(after, upTo);
      if (messages.length !== upTo - after) throw new Error(`messages between ${after} and ${upTo} are missing`);
      this.outage.recovered('the database can be read again');
      return messages;
    } catch (error) {
      this.metrics.faults.inc({ where: 'replay' });
      this.outage.failed(`replays wait for the database: ${String(error)}`);
      throw error;
    }
  }

  /** The oldest pages make room; all of them at once is simple, and rare. */
  private keep(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes <= CACHE_BYTES) return;
    this.pages.clear();
    this.bytes = 0;
  }
}
