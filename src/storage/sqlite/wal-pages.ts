import { closeSync, openSync, readSync } from 'node:fs';

/** Sizes in the write-ahead log, in bytes: https://www.sqlite.org/fileformat2.html#walformat */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const SALT_BYTES = 8;

/** The numbers of the pages in the write-ahead log of a database, which need not exist. */
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
    return openSync(`${databasePath}-wal`, 'r');
  } catch {
    // Not there, or something that SQLite will say when it opens the database.
    return undefined;
  }
}
