import { closeSync, openSync, readSync, realpathSync } from 'node:fs';

/** Sizes in the write-ahead log, in bytes: https://www.sqlite.org/fileformat2.html#walformat */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const SALT_BYTES = 8;
/** Bytes per read: one call per frame would cost four times as much. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads the page numbers in the write-ahead log of a database; neither file need exist. Owns the read position. Must not know
 * what the pages are for.
 */
export class WalPages {
  /** Identifies a round of the log, which restarts once it is fully checkpointed. */
  private salt = Buffer.alloc(SALT_BYTES);
  private frames = 0;

  constructor(private readonly databasePath: string) {}

  /** Frames read of the current round. */
  get framesRead(): number {
    return this.frames;
  }

  /** Makes the next call read from the beginning. */
  startOver(): void {
    this.frames = 0;
  }

  /**
   * Adds the pages not read yet. Frames after the committed ones may be replaced, and are left for the next call.
   * @param countCommitted counts the committed frames; absent: all frames are added
   * @throws the file system's error if the log exists but cannot be read
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
      // Counted after reading the header: if a new round begins in between, its frames are not mistaken for this round's.
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
        // The last frame may be followed by frames of an earlier round.
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
    // SQLite keeps the log beside the file itself, not beside symbolic links to it.
    return openSync(`${realpathSync(databasePath)}-wal`, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
