import { closeSync, openSync, readSync, realpathSync } from 'node:fs';

/** Sizes in the write-ahead log, in bytes: https://www.sqlite.org/fileformat2.html#walformat */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const SALT_BYTES = 8;

/**
 * The numbers of the pages in the write-ahead log of a database, neither of which need exist.
 * @throws the file system's error where there is a log that cannot be read
 */
export function pagesInLog(databasePath: string): Set<number> {
  const pages = new Set<number>();
  const file = openLog(databasePath);
  if (file === undefined) return pages;
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return pages;
    const frameBytes = FRAME_HEADER_BYTES + header.readUInt32BE(8);
    const salt = header.subarray(16, 16 + SALT_BYTES);
    const frame = Buffer.alloc(FRAME_HEADER_BYTES);
    for (let at = HEADER_BYTES; ; at += frameBytes) {
      if (readSync(file, frame, 0, FRAME_HEADER_BYTES, at) < FRAME_HEADER_BYTES) return pages;
      // Behind the last frame is what an earlier round of the log has left.
      if (!frame.subarray(8, 8 + SALT_BYTES).equals(salt)) return pages;
      pages.add(frame.readUInt32BE(0));
    }
  } finally {
    closeSync(file);
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
