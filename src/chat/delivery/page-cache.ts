import { Slots } from '../../limits/slots';

/** Encoded messages, for all readers at the same position. */
export interface Page {
  readonly frames: Buffer;
  readonly lastId: number;
  /** Bytes charged to the reader's address; absent: those of its frames. */
  readonly cost?: number;
}

/** What a page is made of: messages behind `after`, up to `upTo`. */
export interface Stretch {
  readonly after: number;
  readonly upTo: number;
}

const NOWHERE: Stretch = { after: 0, upTo: 0 };

interface Entry<Made> extends Stretch {
  readonly page: Made;
}

/** Approximate memory of an entry beside its frames. */
const ENTRY_BYTES = 1_024;

/**
 * Pages, bounded in bytes; the oldest are dropped first. A page is made once for all callers that ask for it meanwhile. At most
 * `concurrency` are made at a time, in the order of their first call, so that a reader waits for one at most.
 */
export class PageCache {
  private readonly kept = new Map<string, Entry<Page>>();
  private readonly inProgress = new Map<string, Entry<Promise<Page>>>();
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
  get(key: string, make: () => Promise<Page>, stretch: Stretch = NOWHERE): Promise<Page> {
    const kept = this.kept.get(key);
    if (kept) return Promise.resolve(kept.page);
    const inProgress = this.inProgress.get(key);
    if (inProgress) return inProgress.page;
    const entry: Entry<Promise<Page>> = {
      ...stretch,
      page: this.slots
        .run(make)
        // A page that was dropped meanwhile may be stale: it is for those who wait for it.
        .then((page) => (this.inProgress.get(key) === entry ? this.keep(key, { ...stretch, page }) : page))
        .finally(() => {
          if (this.inProgress.get(key) === entry) this.inProgress.delete(key);
        }),
    };
    this.inProgress.set(key, entry);
    return entry.page;
  }

  /** Drops the pages with this id, so that readers who ask from now on get new ones. */
  drop(id: number): void {
    const has = ({ after, upTo }: Stretch) => after < id && id <= upTo;
    for (const [key, entry] of this.inProgress) if (has(entry)) this.inProgress.delete(key);
    for (const [key, entry] of this.kept) if (has(entry)) this.forget(key, entry);
  }

  private keep(key: string, entry: Entry<Page>): Page {
    this.kept.set(key, entry);
    this.bytes += entry.page.frames.length + ENTRY_BYTES;
    for (const [oldest, old] of this.kept) {
      if (this.bytes <= this.maxBytes) break;
      this.forget(oldest, old);
    }
    return entry.page;
  }

  private forget(key: string, { page: { frames } }: Entry<Page>): void {
    this.kept.delete(key);
    this.bytes -= frames.length + ENTRY_BYTES;
  }
}
