import { Slots } from '../../limits/slots';

/** Encoded messages, for all readers at the same position. */
export interface Page {
  readonly frames: Buffer;
  readonly lastId: number;
  /** Bytes charged to the reader's address; by default the length of `frames`. */
  readonly cost?: number;
}

/** Range of the ids in a page: `after` < id ≤ `upTo`. */
export interface Stretch {
  readonly after: number;
  readonly upTo: number;
}

const NOWHERE: Stretch = { after: 0, upTo: 0 };

interface Entry<Made> extends Stretch {
  readonly page: Made;
}

/** Approximate memory of an entry besides its frames, in bytes. */
const ENTRY_BYTES = 1_024;

/**
 * Cache of encoded pages, bounded in bytes, with FIFO eviction. Concurrent requests for a page share one `make`. At most
 * `concurrency` pages are made at a time, first come, first served, so a reader waits for at most one page of each other reader.
 */
export class PageCache {
  private readonly kept = new Map<string, Entry<Page>>();
  private readonly inProgress = new Map<string, Entry<Promise<Page>>>();
  private readonly slots: Slots;
  /** Approximate memory of all cached pages, in bytes. */
  bytes = 0;

  constructor(
    private readonly maxBytes: number,
    concurrency: number,
  ) {
    this.slots = new Slots(concurrency, Infinity);
  }

  /** The page cached under the key, or made now. Rejects as `make` does; failures are not cached. */
  get(key: string, make: () => Promise<Page>, stretch: Stretch = NOWHERE): Promise<Page> {
    const kept = this.kept.get(key);
    if (kept) return Promise.resolve(kept.page);
    const inProgress = this.inProgress.get(key);
    if (inProgress) return inProgress.page;
    const entry: Entry<Promise<Page>> = {
      ...stretch,
      page: this.slots
        .run(make)
        // A page dropped meanwhile may be stale: only the callers already waiting for it receive it.
        .then((page) => (this.inProgress.get(key) === entry ? this.keep(key, { ...stretch, page }) : page))
        .finally(() => {
          if (this.inProgress.get(key) === entry) this.inProgress.delete(key);
        }),
    };
    this.inProgress.set(key, entry);
    return entry.page;
  }

  /** Invalidates the pages that contain this id: later requests receive new ones. */
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
