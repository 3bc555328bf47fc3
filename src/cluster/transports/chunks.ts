import { MAX_FRAME_LENGTH } from './bus-transport';

/** PostgreSQL takes fewer than 8,000 bytes in a notification; the rest is for the piece's head. */
const PIECE_BYTES = 7_900;
/** Of the longest frame: three bytes of UTF-8 for a UTF-16 unit, and up to three of a piece's go unused at a character's edge. */
const MAX_PIECES = Math.ceil((MAX_FRAME_LENGTH * 3) / (PIECE_BYTES - 3));

/**
 * A frame as notifications: `sequence index/count text`. The sequence makes each one unique, because PostgreSQL drops
 * those of a transaction that are alike.
 */
export function split(frame: string, sequence: number): string[] {
  const bytes = Buffer.from(frame);
  const texts: string[] = [];
  for (let start = 0; start < bytes.length || texts.length === 0;) {
    let end = Math.min(start + PIECE_BYTES, bytes.length);
    // Not within a character: its second and later bytes are 10xxxxxx.
    while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
    texts.push(bytes.toString('utf8', start, end));
    start = end;
  }
  return texts.map((text, index) => `${sequence} ${index}/${texts.length} ${text}`);
}

/**
 * Puts frames together again. The pieces of one frame come in order and without others in between, whoever else sends, as
 * they are of one transaction; where that does not hold, the frame is lost.
 */
export class ChunkJoiner {
  private text = '';
  private expected = '';

  /** The frame that this piece completes, if it does. What is no piece, or follows none, comes back as it is, to be counted. */
  take(piece: string): string | undefined {
    const head = /^(\d+) (\d+)\/(\d+) /.exec(piece);
    if (!head || Number(head[3]) > MAX_PIECES) return piece;
    const [{ length }, sequence, index, count] = head;
    if (index !== '0' && this.expected !== `${sequence} ${index}/${count}`) return piece;
    this.text = index === '0' ? piece.slice(length) : this.text + piece.slice(length);
    const next = Number(index) + 1;
    this.expected = `${sequence} ${next}/${count}`;
    if (next < Number(count)) return undefined;
    const frame = this.text;
    this.text = this.expected = '';
    return frame;
  }
}
