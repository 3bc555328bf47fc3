import { Slots } from '../../limits/slots';

/** Encoded messages, for all readers at the same position. */
export interface Page {
  readonly frames: Buffer;
  readonly lastId: number;
}

/** Approximate memory of an entry beside its frames. */
const ENTRY_BYTES = 1_024;

/**
 * Pages, bounded in bytes; the oldest are dropped first. A page is made once for all callers that ask for it meanwhile. At most
 * `concurrency` are made at a time, in the order of their first call, so that a reader waits for one at most.
 */
export class PageCache {
  private readonly kept = new Map<string, Page>();
  private readonly inProgress = new Map<string, Promise<Page>>();
  private readonly slots: Slots;
  /** Memory of all pages kept, about. */
  bytes = 0;

  constructor(
    private readonly maxBytes: number,
    concurrency: number,
  ) {
    this.slots = new Slots(concurrency, Infinity);
  }

  /** The page kept under the key, or made now. Rejects as `make` does; a failure is not kept. */
  get(key: string, make: () => Promise<Page>): Promise<Page> {
    const kept = this.kept.get(key);
    if (kept) return Promise.resolve(kept);
    let page = this.inProgress.get(key);
    if (!page) {
      page = this.slots
        .run(make)
        .then((made) => this.keep(key, made))
        .finally(() => this.inProgress.delete(key));
      this.inProgress.set(key, page);
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
