import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings';
import { MessageFeed } from '../messages/message-feed';
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
  private readonly pages = new Map<string, Promise<Page>>();
  private bytes = 0;

  constructor(
    private readonly feed: MessageFeed,
    private readonly settings: Settings,
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
    const messages = await this.feed.between(after, upTo);
    if (messages.length !== upTo - after) throw new Error(`messages between ${after} and ${upTo} are missing`);
    return { frames: encoding.messages(messages), lastId: upTo };
  }

  /** The oldest pages make room; all of them at once is simple, and rare. */
  private keep(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes <= CACHE_BYTES) return;
    this.pages.clear();
    this.bytes = 0;
  }
}
