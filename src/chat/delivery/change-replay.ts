import { Logger } from '@nestjs/common';
import { type ChangeFeed, COST_OF_CHANGE } from '../../messages/feed/change-feed';
import { OutageLog } from '../../platform/logging/outage-log';
import type { Metrics } from '../../platform/metrics/metrics';
import type { Position } from '../../storage/position';
import type { Encoding } from '../protocol/protocol';
import { type Page, PageCache } from './page-cache';

/** Bytes of encoded pages kept for the next reader at the same place. */
const CACHE_BYTES = 4 * 1024 * 1024;
/** Maximum pages made concurrently. */
const CONCURRENCY = 2;
const NOTHING = Buffer.alloc(0);

/** The changes of a channel, page by page: each changed message once, in its current state. Must not know readers. */
export class ChangeReplay {
  private readonly outage = new OutageLog(new Logger('Replay'));
  private readonly pages = new PageCache(CACHE_BYTES, CONCURRENCY);

  constructor(
    private readonly changes: ChangeFeed,
    private readonly metrics: Metrics,
  ) {}

  /** The newest change that can be replayed. */
  get lastId(): Position {
    return this.changes.lastId;
  }

  /** Resolves when every change stored before the call can be replayed; to false when the database does not answer. */
  catchUp(): Promise<boolean> {
    return this.changes.catchUp();
  }

  /**
   * The page that starts after the change `afterChange`, which must be before `lastId`, for a reader that has the messages up to
   * `after`. Rejects when the database does not answer.
   */
  page(encoding: Encoding, afterChange: Position, after: Position): Promise<Page> {
    const upTo = this.lastId;
    const place = encoding.namesPlace ? ` ${after}` : '';
    const make = () => this.make(encoding, afterChange, upTo, after);
    return this.pages.get(`${encoding.name} ${afterChange} ${upTo}${place}`, make);
  }

  private async make(encoding: Encoding, afterChange: Position, upTo: Position, after: Position): Promise<Page> {
    try {
      const { states, upTo: lastId } = await this.changes.stored(afterChange, upTo);
      this.outage.recovered('the database can be read again');
      const frames = states.length > 0 ? encoding.changes!(states, after) : NOTHING;
      return { frames, lastId, cost: Math.max(frames.length, COST_OF_CHANGE * (lastId - afterChange)) };
    } catch (error) {
      this.metrics.faults.inc({ where: 'replay' });
      this.outage.failed(`replays of changes wait for the database: ${String(error)}`);
      throw error;
    }
  }
}
