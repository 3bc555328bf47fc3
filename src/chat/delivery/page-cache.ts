import { Slots } from '../../limits/slots';

/** Encoded messages, for all readers at the same place. */
export interface Page {
  readonly frames: Buffer;
  readonly lastId: number;
}

/** What an entry takes beside its bytes, about. */
const ENTRY_BYTES = 1_024;

/**
 * Pages that were made, bounded in bytes, the oldest first to go. One that is being made is made once for all who ask for it; so
 * many at a time, and the others in the order in which they were first asked for: each reader waits for one at most.
 */
export class PageCache {
  private readonly kept = new Map<string, Page>();
  private readonly underWay = new Map<string, Promise<Page>>();
  private readonly slots: Slots;
  /** Of all that is kept. */
  bytes = 0;

  constructor(
    private readonly maxBytes: number,
    concurrency: number,
  ) {
    this.slots = new Slots(concurrency, Infinity);
  }

  get(key: string, make: () => Promise<Page>): Promise<Page> {
    const kept = this.kept.get(key);
    if (kept) return Promise.resolve(kept);
    let page = this.underWay.get(key);
    if (!page) {
      page = this.slots
        .run(make)
        .then((made) => this.keep(key, made))
        .finally(() => this.underWay.delete(key));
      this.underWay.set(key, page);
    }
    return page;
  }

  private keep(key: string, page: Page): Page {
    this.kept.set(key, page);
    this.bytes += page.frames.length + ENTRY_BYTES;
    for (const [oldest, { frames }] of this.kept) {
      if (this.bytes <= this.maxBytes) break;
      this.kept.delete(oldest);
      this.bytes -= frames.length + ENTRY_BYTES;
    }
    return page;
  }
}
