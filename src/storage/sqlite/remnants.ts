import { fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { checkpoint, countFrames } from './connection';
import { WalPages } from './wal-pages';

/** A leaf of a table; the numbers are in https://www.sqlite.org/fileformat2.html#b_tree_pages */
const TABLE_LEAF = 0x0d;
const PAGE_HEADER_BYTES = 8;
/** The database header, in front of the first page's own. */
const DATABASE_HEADER_BYTES = 100;
/** Database size, in pages, from which the first byte of an overflow page (part of a page number) could equal TABLE_LEAF. */
const MAX_PAGES = TABLE_LEAF * 0x1000000;

/**
 * Overwrites the copies of rows that SQLite leaves in the unallocated space of a page when it moves them to another one:
 * `secure_delete` overwrites deleted rows, but not earlier copies of moved ones. Owns the list of pages to inspect. Must not know
 * what the rows are.
 */
export class Remnants {
  private readonly pages: Set<number>;
  private readonly log: WalPages;
  /**
   * Never closed: closing any descriptor of a file releases all locks of the process on it, including SQLite's.
   * https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
   */
  private file: number | undefined;

  constructor(
    private readonly database: Database,
    private readonly path: string,
    /** Pages in the log left by a crash. */
    left: Iterable<number>,
  ) {
    this.pages = new Set(left);
    this.log = new WalPages(path);
  }

  get areDue(): boolean {
    return this.pages.size > 0;
  }

  /** Collects the pages in the log so far, while other connections may write; `clean` then reads only the later ones. */
  look(): void {
    this.log.addTo(this.pages, () => countFrames(this.database));
  }

  /**
   * Checkpoints the log and cleans the pages in it.
   * @returns false while a reader needs the log, or if another connection has written meanwhile
   */
  clean(): boolean {
    const { database, pages } = this;
    // Before the log is read: any later commit of another connection requires a new attempt.
    const version = this.version;
    this.look();
    const { busy, log } = checkpoint(database, 'FULL');
    if (busy !== 0 || this.log.framesRead < log) return false;
    // No other connection can write until the rollback, and the log is fully checkpointed: nothing else changes the file.
    database.exec('BEGIN IMMEDIATE');
    try {
      if (this.version !== version) return false;
      this.cleanFile();
    } finally {
      database.exec('ROLLBACK');
    }
    // Cached pages still contain the copies, and would be written back with the next change.
    database.pragma('shrink_memory');
    pages.clear();
    this.log.startOver();
    return true;
  }

  /** Changes with each commit of another connection. */
  private get version(): number {
    return this.database.pragma('data_version', { simple: true }) as number;
  }

  private cleanFile(): void {
    const { database, pages } = this;
    const size = database.pragma('page_size', { simple: true }) as number;
    const count = database.pragma('page_count', { simple: true }) as number;
    if (count >= MAX_PAGES) return;
    this.file ??= openSync(this.path, 'r+');
    const bytes = Buffer.alloc(size);
    let isDirty = false;
    for (const page of pages) {
      const at = (page - 1) * size;
      if (page > count || readSync(this.file, bytes, 0, size, at) < size) continue;
      const [from, to] = unusedIn(bytes, page === 1 ? DATABASE_HEADER_BYTES : 0);
      if (bytes.subarray(from, to).every((byte) => byte === 0)) continue;
      writeSync(this.file, Buffer.alloc(to - from), 0, to - from, at + from);
      isDirty = true;
    }
    if (isDirty) fdatasyncSync(this.file);
  }
}

/** The unallocated space of a page: after the cell pointers, before the first cell. */
function unusedIn(page: Buffer, header: number): readonly [from: number, to: number] {
  if (page[header] !== TABLE_LEAF) return [0, 0];
  const from = header + PAGE_HEADER_BYTES + 2 * page.readUInt16BE(header + 3);
  // 0 stands for 65,536, which the field has no room for.
  const to = page.readUInt16BE(header + 5) || 65_536;
  return to <= page.length && from < to ? [from, to] : [0, 0];
}
