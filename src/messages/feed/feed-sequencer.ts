import { next, ORIGIN, type Position } from '../../storage/position';
import { ReorderBuffer, type Sequenced } from './reorder-buffer';

/** Bounds of the reorder buffer: messages, and UTF-16 units of text. The rest is read from the database. */
const MAX_EARLY = 5_000;
const MAX_EARLY_LENGTH = 4 * 1024 * 1024;

export type FeedListener<Item> = (batch: readonly Item[]) => void;

/**
 * Puts a feed in order: every message (or change) exactly once, by id, without a gap, however batches are repeated, lost or
 * reordered in transit. Owns the position, the reorder buffer and the newest id known to exist. Must not know the bus, the
 * database or time.
 */
export class FeedSequencer<Item extends Sequenced> {
  private readonly early = new ReorderBuffer<Item>(MAX_EARLY, MAX_EARLY_LENGTH);
  private current: Position = ORIGIN;
  /** The newest message known to exist. */
  private target: Position = ORIGIN;

  /** @param deliver receives each batch in order; `position` has advanced past it by then */
  constructor(private readonly deliver: FeedListener<Item>) {}

  /** Sets the start of the feed; messages up to it are history. */
  begin(at: Position): void {
    this.current = this.target = at;
  }

  /** The newest message delivered. */
  get position(): Position {
    return this.current;
  }

  /** Whether a message is known to exist and was not delivered yet. */
  get isBehind(): boolean {
    return this.current < this.target;
  }

  /** Accepts a committed batch, which is contiguous in itself: known messages are dropped, early ones are buffered. */
  receive(batch: readonly Item[]): void {
    if (batch[0]!.id === next(this.current)) {
      this.advance(batch);
      return;
    }
    const newest = batch.at(-1)!.id;
    if (newest <= this.current) return;
    this.expect(newest);
    this.early.put(batch);
    this.advance(this.early.takeAfter(this.current));
  }

  /** Notes that a message exists. */
  expect(id: Position): void {
    this.target = Math.max(this.target, id);
  }

  /**
   * Accepts a page read from the database after an earlier position; messages delivered meanwhile are dropped.
   * @returns false if the page is empty: the expected messages do not exist and are no longer expected
   */
  fill(page: readonly Item[]): boolean {
    const missing = page.filter(({ id }) => id > this.current);
    if (missing.length > 0) this.advance(missing);
    if (page.length > 0) return true;
    this.early.clear();
    this.target = this.current;
    return false;
  }

  /** Delivers a batch, and the buffered messages that follow it. */
  private advance(batch: readonly Item[]): void {
    if (batch.length > 0) this.emit(batch);
    if (this.early.isEmpty) return;
    const waiting = this.early.takeAfter(this.current);
    if (waiting.length > 0) this.emit(waiting);
  }

  private emit(batch: readonly Item[]): void {
    this.current = batch.at(-1)!.id;
    this.deliver(batch);
  }
}
