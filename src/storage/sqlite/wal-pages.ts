import { closeSync, openSync, readSync, realpathSync } from 'node:fs';

/** Sizes in the write-ahead log, in bytes: https://www.sqlite.org/fileformat2.html#walformat */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const SALT_BYTES = 8;
/** Read at a time: a call for each frame would cost four times as much. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads the numbers of the pages in the write-ahead log of a database, neither of which need exist. Owns how far it has read.
 * Must not know what the pages are for.
 */
export class WalPages {
  /** Tells the rounds of the log from each other: it starts over where all of it is in the database. */
  private salt = Buffer.alloc(SALT_BYTES);
  private frames = 0;

  constructor(private readonly databasePath: string) {}

  /** Those of the present round. */
  get framesRead(): number {
    return this.frames;
  }

  /** Reads from the beginning the next time. */
  startOver(): void {
    this.frames = 0;
  }

  /**
   * Adds the pages that were not read yet. What is behind the committed frames may be replaced, and is left for the next time.
   * @param countCommitted the frames that are committed; absent: all that are there count
   * @throws the file system's error where there is a log that cannot be read
   */
  addTo(pages: Set<number>, countCommitted = () => Infinity): void {
    const file = openLog(this.databasePath);
    if (file === undefined) return;
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return;
      const salt = header.subarray(16, 16 + SALT_BYTES);
      if (!salt.equals(this.salt)) {
        this.salt = salt;
        this.frames = 0;
      }
      // After the header: where another round begins in between, none of its frames is taken for one of this round.
      this.addFrames(pages, file, FRAME_HEADER_BYTES + header.readUInt32BE(8), countCommitted());
    } finally {
      closeSync(file);
    }
  }

  private addFrames(pages: Set<number>, file: number, frameBytes: number, end: number): void {
    const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / frameBytes));
    const chunk = Buffer.allocUnsafe((perChunk - 1) * frameBytes + FRAME_HEADER_BYTES);
    for (;;) {
      const bytes = readSync(file, chunk, 0, chunk.length, HEADER_BYTES + this.frames * frameBytes);
      for (let at = 0; at + FRAME_HEADER_BYTES <= bytes; at += frameBytes) {
        // Behind the last frame is what an earlier round of the log has left.
        const isOfRound = this.salt.compare(chunk, at + 8, at + 8 + SALT_BYTES) === 0;
        if (!isOfRound || this.frames >= end) return;
        pages.add(chunk.readUInt32BE(at));
        this.frames++;
      }
      if (bytes < chunk.length) return;
    }
  }
}

function openLog(databasePath: string): number | undefined {
  try {
    // SQLite keeps the log beside the file itself, whatever links lead to it.
    return openSync(`${realpathSync(databasePath)}-wal`, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
