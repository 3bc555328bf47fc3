/** The limit while memory is short, in bytes. */
const TIGHT_BYTES = 65_536;

/**
 * Unsent bytes beyond which a reader gets no live messages and is caught up from the log later. The limit drops while readers
 * together hold much memory.
 */
export class SlowReaderLimit {
  bytes: number;

  /** @param usual the limit while memory is not short, in bytes */
  constructor(private readonly usual: number) {
    this.bytes = usual;
  }

  set isTight(isTight: boolean) {
    this.bytes = isTight ? Math.min(this.usual, TIGHT_BYTES) : this.usual;
  }
}
