import { MAX_FRAME_LENGTH } from './bus-transport';

/** Bytes of text per chunk: PostgreSQL accepts less than 8,000 bytes per notification, and the header needs some. */
const CHUNK_BYTES = 7_900;
/** Chunks of the longest frame: three bytes of UTF-8 per UTF-16 unit, and up to three unused per chunk at a character's edge. */
const MAX_CHUNKS = Math.ceil((MAX_FRAME_LENGTH * 3) / (CHUNK_BYTES - 3));

/**
 * Splits a frame into notifications of the form `sequence index/count text`. The sequence makes each unique: PostgreSQL drops
 * duplicates within a transaction.
 */
export function split(frame: string, sequence: number): string[] {
  const bytes = Buffer.from(frame);
  const texts: string[] = [];
  for (let start = 0; start < bytes.length || texts.length === 0;) {
    let end = Math.min(start + CHUNK_BYTES, bytes.length);
    // Not inside a character: continuation bytes are 10xxxxxx.
    while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
    texts.push(bytes.toString('utf8', start, end));
    start = end;
  }
  return texts.map((text, index) => `${sequence} ${index}/${texts.length} ${text}`);
}

/**
 * Joins chunks to frames again. The chunks of a frame arrive in order and contiguously, however many replicas send, because they
 * are sent in one transaction; otherwise the frame is lost.
 */
export class ChunkJoiner {
  private text = '';
  private expected = '';

  /**
   * @returns the frame that the chunk completes, if any; a malformed or out-of-order chunk unchanged, so that it is counted as
   * refused
   */
  add(chunk: string): string | undefined {
    const head = /^(\d+) (\d+)\/(\d+) /.exec(chunk);
    if (!head || Number(head[3]) > MAX_CHUNKS) return chunk;
    const [{ length }, sequence, index, count] = head;
    if (index !== '0' && this.expected !== `${sequence} ${index}/${count}`) return chunk;
    this.text = index === '0' ? chunk.slice(length) : this.text + chunk.slice(length);
    const next = Number(index) + 1;
    this.expected = `${sequence} ${next}/${count}`;
    if (next < Number(count)) return undefined;
    const frame = this.text;
    this.text = this.expected = '';
    return frame;
  }
}
