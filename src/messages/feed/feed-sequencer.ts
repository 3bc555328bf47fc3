import { next, ORIGIN, type Position } from '../../storage/position';
import { ReorderBuffer, type Sequenced } from './reorder-buffer';

/** Bounds of what waits for the messages before it: number, and UTF-16 units of text. The rest is read from the database. */
const MAX_EARLY = 5_000;
const MAX_EARLY_LENGTH = 4 * 1024 * 1024;

export type FeedListener<Item> = (batch: readonly Item[]) => void;

/**
 * The order of a feed: every message (or change) exactly once, by id, without a gap, whatever is repeated, lost or reordered on the way
 * here. Owns what was delivered, what came early and what is known to exist. Must not know the bus, the database or time.
 */
export class FeedSequencer<Item extends Sequenced> {
  private readonly early = new ReorderBuffer<Item>(MAX_EARLY, MAX_EARLY_LENGTH);
  private current: Position = ORIGIN;
  /** The newest message known to exist. */
  private target: Position = ORIGIN;

  /** @param deliver gets each batch in order; `position` is past it by then */
  constructor(private readonly deliver: FeedListener<Item>) {}

  /** Sets where the feed begins; what is stored up to there is history. */
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

  /** Takes a committed batch, which is contiguous in itself: known messages are dropped, early ones wait. */
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

  /** A message is said to exist. */
  expect(id: Position): void {
    this.target = Math.max(this.target, id);
  }

  /**
   * Takes what the database has after a former position; messages that came meanwhile are dropped.
   * @returns false where the database has nothing: the expected messages do not exist, and are expected no more
   */
  fill(page: readonly Item[]): boolean {
    const missing = page.filter(({ id }) => id > this.current);
    if (missing.length > 0) this.advance(missing);
    if (page.length > 0) return true;
    this.early.clear();
    this.target = this.current;
    return false;
  }

  /** Delivers what follows, and what waited for it. */
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
